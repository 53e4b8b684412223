using System.Text;
using System.Text.Json;
using CsCheck;
using Sync.Metad.Model.Access;
using Sync.Metad.Model.Backends;
using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Paths;
using Sync.Metad.Model.Views;

namespace Sync.Metad.Tests.Views;

/// <summary>Who waits is woken exactly when its answer would be another.</summary>
public sealed class ViewEqualityTests
{
    private static readonly KeyLayout Layout = new(prefix: "", group: "default");

    private static readonly Gen<string> Path = Gen.OneOf(
        "/a", "/a/x", "/a/y", "/a/x/z", "/b", "/b/x", "/self", "/self/k", "/a-b", "/c/x/y/z");

    private static readonly Gen<BackendChange> Change = Gen.OneOf<BackendChange>(
        Gen.Select(Path, Gen.OneOf<string?>(null, "1", "2"), (path, value) =>
            new BackendChange(Layout.DataKey(MetadataPath.Split(path)), value is null ? null : Snapshots.Bytes(value))),
        Gen.Select(Gen.OneOf("k", "k/l", "m"), Gen.OneOf<string?>(null, "/a", "/a/x", "/b/", "/none", "/"), (name, target) =>
            new BackendChange(
                Layout.MappingKey(MetadataPath.Split($"/10.0.0.1/{name}")), target is null ? null : Snapshots.Bytes(target))),
        Gen.OneOf<string?>(
            null, "[]", """[{"path":"/","mode":1}]""", """[{"path":"/","mode":1},{"path":"/a/*","mode":0}]""", """[{"path":"/*/x","mode":1}]""")
            .Select(rules => new BackendChange(Layout.RuleKey("10.0.0.1"), rules is null ? null : Snapshots.Bytes(rules))));

    [Fact]
    public void Two_views_are_the_same_exactly_when_their_answers_are() =>
        Gen.Select(Change.Array[0, 6].Array[1, 5], Gen.OneOf("/", "/self", "/self/k", "/self/m", "/a", "/a/x", "/b", "/none"))
            .Sample((batches, path) =>
            {
                var builder = new SnapshotBuilder(Layout);
                var place = MetadataPath.Split(path);
                View? before = null;
                foreach (var (revision, batch) in batches.Index())
                {
                    builder.Apply(revision + 1, batch);
                    var after = builder.Current.For(Snapshots.Client("10.0.0.1"), default).Find(place);
                    if (ViewEquality.AreSame(before, after) != (Answer(before) == Answer(after)))
                    {
                        return false;
                    }

                    before = after;
                }

                return true;
            }, iter: 6_000);

    [Fact]
    public void The_changes_between_two_views_turn_the_leaves_of_one_into_those_of_the_other() =>
        Gen.Select(Change.Array[0, 6].Array[1, 5], Gen.OneOf("/", "/self", "/self/k", "/a", "/a/x", "/none"))
            .Sample((batches, path) =>
            {
                var builder = new SnapshotBuilder(Layout);
                var place = MetadataPath.Split(path);
                View? before = null;
                foreach (var (revision, batch) in batches.Index())
                {
                    builder.Apply(revision + 1, batch);
                    var after = builder.Current.For(Snapshots.Client("10.0.0.1"), default).Find(place);
                    var leaves = Leaves(before);
                    foreach (var change in ViewDifference.Between(before, after))
                    {
                        var name = Encoding.UTF8.GetString(change.Path);
                        var isNews = change.Value is null
                            ? leaves.Remove(name)
                            : !leaves.TryGetValue(name, out var old) || old != Encoding.UTF8.GetString(change.Value);
                        if (!isNews)
                        {
                            return false;
                        }

                        if (change.Value is { } value)
                        {
                            leaves[name] = Encoding.UTF8.GetString(value);
                        }
                    }

                    if (!leaves.OrderBy(leaf => leaf.Key, StringComparer.Ordinal)
                        .SequenceEqual(Leaves(after).OrderBy(leaf => leaf.Key, StringComparer.Ordinal)))
                    {
                        return false;
                    }

                    before = after;
                }

                return true;
            }, iter: 6_000);

    [Fact]
    public void Shared_runs_of_children_hide_no_difference() =>
        Gen.Select(Gen.Int[0, 1_500], Gen.OneOf<string?>(null, "1", "2"), (number, value) =>
            new BackendChange(
                Layout.DataKey(MetadataPath.Split($"/d/{number:D4}/k")), value is null ? null : Snapshots.Bytes(value)))
            .Array[1, 3].Array[1, 4].Sample(batches =>
            {
                var builder = new SnapshotBuilder(Layout);
                builder.Apply(1,
                [
                    .. Enumerable.Range(0, 1_000).Select(number => new BackendChange(
                        Layout.DataKey(MetadataPath.Split($"/d/{number:D4}/k")), Snapshots.Bytes("1"))),
                    new(Layout.RuleKey("10.0.0.1"), Snapshots.Bytes("""[{"path":"/d","mode":1},{"path":"/d/0500","mode":0}]""")),
                ]);
                var before = builder.Current.See("10.0.0.1", "/d");
                foreach (var (revision, batch) in batches.Index())
                {
                    builder.Apply(revision + 2, batch);
                    var after = builder.Current.See("10.0.0.1", "/d");
                    if (ViewEquality.AreSame(before, after) != (Answer(before) == Answer(after)))
                    {
                        return false;
                    }

                    before = after;
                }

                return true;
            }, iter: 60);

    [Fact]
    public void A_change_that_the_rules_hide_is_no_change()
    {
        var rules = new AccessRules([new("/", AccessMode.Read), new("/a/secret", AccessMode.Forbidden)]);
        var before = new View.DataView(Snapshots.Tree(("/a/secret", "1"), ("/a/open", "x")).Root, rules.Start());
        var after = new View.DataView(Snapshots.Tree(("/a/secret", "2"), ("/a/open", "x")).Root, rules.Start());

        ViewEquality.AreSame(before, after).Should().BeTrue();
    }

    // Read back from the written JSON, apart from the code under test.
    private static Dictionary<string, string> Leaves(View? view)
    {
        var leaves = new Dictionary<string, string>(StringComparer.Ordinal);
        if (view is not null)
        {
            using var document = JsonDocument.Parse(Answer(view));
            Add("", document.RootElement);
        }

        return leaves;

        void Add(string path, JsonElement element)
        {
            if (element.ValueKind == JsonValueKind.String)
            {
                leaves.Add(path, element.GetString()!);
                return;
            }

            foreach (var member in element.EnumerateObject())
            {
                Add($"{path}/{member.Name}", member.Value);
            }
        }
    }

    private static string Answer(View? view) => Snapshots.Body(view, BodyFormat.Json);
}
