using System.Text;
using CsCheck;
using Sync.Metad.Model.Backends;
using Sync.Metad.Model.Documents;
using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Paths;

namespace Sync.Metad.Tests.Backends;

public sealed class KeyLayoutTests
{
    [Theory]
    [InlineData("", "/nodes/1", "data /nodes/1")]
    [InlineData("/", "/nodes/1", "data /nodes/1")]
    [InlineData("p1", "/p1/b", "data /b")]
    [InlineData("/p1/", "/p1//b/", "data /b")]
    [InlineData("/p1", "/p10/b", "outside")]
    [InlineData("/p1", "/p1", "outside")]
    [InlineData("/p1", "/p1/_metad/x", "data /_metad/x")]
    [InlineData("", "/_metad/rule/other/10.0.0.1", "outside")]
    [InlineData("", "/_metad/mapping/g2/10.0.0.1/x", "outside")]
    [InlineData("", "//_metad/rule/g/10.0.0.1", "outside")]
    [InlineData("", "/_metad", "outside")]
    [InlineData("", "/_metadata/x", "data /_metadata/x")]
    [InlineData("", "/_metad/mapping/g/10.0.0.1/x", "mapping /10.0.0.1/x")]
    [InlineData("/p1", "/_metad/rule/g/10.0.0.0/8", "rules 10.0.0.0/8")]
    public void A_key_has_one_meaning(string prefix, string key, string expected)
    {
        var place = new KeyLayout(prefix, "g").Locate(Encoding.UTF8.GetBytes(key));

        (place switch
        {
            KeyPlace.DataValue data => $"data {data.Path}",
            KeyPlace.MappingName mapping => $"mapping {mapping.Path}",
            KeyPlace.HostRuleList rules => $"rules {rules.Host}",
            _ => "outside",
        }).Should().Be(expected);
    }

    [Fact]
    public void Deleting_the_root_leaves_mappings_and_rules()
    {
        var layout = new KeyLayout("", "g");
        var ranges = new WritePlan(layout).DeleteData(MetadataPath.Root).Cast<BackendOperation.DeleteRange>().ToList();

        Deleted("/a").Should().BeTrue();
        Deleted("/_met/x").Should().BeTrue();
        Deleted("/_metadata").Should().BeTrue();
        Deleted("/_metad").Should().BeFalse();
        Deleted("/_metad/rule/g/10.0.0.1").Should().BeFalse();

        bool Deleted(string key) => ranges.Exists(range => IsIn(Encoding.UTF8.GetBytes(key), range));
    }

    [Fact]
    public void Replacing_deletes_everything_below_but_what_it_puts() =>
        Gen.Select(
            Gen.OneOf("a", "b", "a/x", "a/x/y", "b!", "0").Array[0, 4],
            Gen.OneOf("/p", "/p/q", "/")).Sample((names, place) =>
        {
            var layout = new KeyLayout("/data", "g");
            var json = "{" + string.Join(',', names.Distinct().Select(name => $"\"{name}\":\"v\"")) + "}";
            var document = Snapshots.Require(DataDocument.Read(Snapshots.Bytes(json)));

            var operations = new WritePlan(layout).ReplaceData(MetadataPath.Split(place), document);

            var puts = operations.OfType<BackendOperation.PutKey>().Select(put => Encoding.UTF8.GetString(put.Key)).ToHashSet();
            var ranges = operations.OfType<BackendOperation.DeleteRange>().ToList();
            var root = place == "/" ? "/data" : $"/data{place}";
            return new[] { "/a", "/a/x", "/a/x/y", "/a/z", "/b", "/b!", "/0", "/q", "" }.Select(below => root + below)
                .Append("/datax").All(key =>
                    ranges.Exists(range => IsIn(Encoding.UTF8.GetBytes(key), range))
                        == (key.StartsWith(root + "/", StringComparison.Ordinal) && !puts.Contains(key)));
        }, iter: 2_000);

    [Fact]
    public void Data_cannot_be_written_among_the_rules()
    {
        var plan = new WritePlan(new("", "g"));
        var document = Snapshots.Require(DataDocument.Read("""{"_metad":{"rule":{"g":{"10.0.0.1":"[]"}}}}"""u8));

        plan.IsReserved(MetadataPath.Root, document).Should().BeTrue();
        plan.DeleteData(MetadataPath.Split("/_metad/rule")).Should().BeEmpty();
    }

    [Fact]
    public void What_shows_depends_on_the_keys_and_not_on_their_history() =>
        Gen.Select(
            Gen.OneOf("/d/k", "/d//k", "//d/k", "/d/k/", "/d"),
            Gen.OneOf<string?>(null, "1", "2")).Array[1, 8].Sample(changes =>
        {
            var stepwise = new SnapshotBuilder(new("", "g"));
            var keys = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var (revision, (key, value)) in changes.Index())
            {
                stepwise.Apply(revision + 1, [ChangeOf(key, value)]);
                _ = value is null ? keys.Remove(key) : (keys[key] = value) != null;
            }

            var atOnce = new SnapshotBuilder(new("", "g"));
            atOnce.Apply(99, keys.Select(pair => ChangeOf(pair.Key, pair.Value)));
            return Text(stepwise) == Text(atOnce);
        }, iter: 5_000);

    private static string Text(SnapshotBuilder builder) =>
        Snapshots.Body(Snapshots.Everything(builder.Current.Tree.Root), BodyFormat.Text);

    private static BackendChange ChangeOf(string key, string? value) =>
        new(Encoding.UTF8.GetBytes(key), value is null ? null : Encoding.UTF8.GetBytes(value));

    private static bool IsIn(byte[] key, BackendOperation.DeleteRange range) =>
        key.AsSpan().SequenceCompareTo(range.Start) >= 0 && key.AsSpan().SequenceCompareTo(range.End) < 0;
}
