using CsCheck;
using Sync.Metad.Model.Backends;
using Sync.Metad.Model.Paths;

namespace Sync.Metad.Tests.Keeping;

/// <summary>A snapshot as bytes shows to everybody what the snapshot itself does, or is refused.</summary>
public sealed class SnapshotImageTests
{
    private static readonly string[] Places = ["/", "/self", "/a", "/a/x", "/b", "/self/k"];
    private static readonly string[] Callers = ["10.0.0.1", "10.0.0.2", "10.9.9.9"];

    private static readonly KeyLayout Layout = new(prefix: "/p", group: "g");

    private static readonly Gen<BackendChange> Change = Gen.OneOf<BackendChange>(
        Gen.Select(Gen.OneOf("/a", "/a/x", "/a//x", "/a/y", "/b", "/b/", "/a-b/x"), Gen.OneOf<string?>(null, "", "1", "2\n"), Data),
        Gen.Select(Gen.OneOf("k", "k/l", "m"), Gen.OneOf<string?>(null, "/a", "/b/", "/none", "/"), (name, target) =>
            new BackendChange(
                Layout.MappingKey(MetadataPath.Split($"/10.0.0.1/{name}")), target is null ? null : Snapshots.Bytes(target))),
        Gen.Select(Gen.OneOf("10.0.0.1", "10.0.0.2", "10.0.0.0/8", "*"), Gen.OneOf<string?>(
            null, "[]", "[{broken", """[{"path":"/","mode":1}]""", """[{"path":"/","mode":1},{"path":"/a","mode":-1}]""",
            """[{"path":"/a/*","mode":0},{"path":"/a","mode":1},{"path":"/a/x/z","mode":-1}]""", """[{"path":"/*/x","mode":1}]"""),
            (host, rules) => new BackendChange(Layout.RuleKey(host), rules is null ? null : Snapshots.Bytes(rules))));

    [Fact]
    public void What_is_read_back_shows_what_was_written_to_every_caller() =>
        Change.Array[0, 12].Sample(changes =>
        {
            var before = new SnapshotBuilder(Layout);
            foreach (var (revision, change) in changes.Index())
            {
                before.Apply(revision + 5, [change]);
            }

            var image = Snapshots.Require(SnapshotImage.Read(SnapshotImage.Write(before.Current, Layout), Layout));
            var after = new SnapshotBuilder(Layout);
            after.Apply(image.Revision, image.Keys);

            return after.Current.Revision == before.Current.Revision
                && Callers.All(caller => Places.All(place =>
                    after.Current.Body(caller, place) == before.Current.Body(caller, place)));
        }, iter: 3_000);

    [Fact]
    public void Bytes_that_are_cut_or_changed_anywhere_are_refused()
    {
        var whole = Image().ToArray();
        for (var at = 0; at < whole.Length; at++)
        {
            var changed = whole.ToArray();
            changed[at] ^= 0x10;

            SnapshotImage.Read(changed, Layout).IsRefused.Should().BeTrue($"byte {at} is another");
            SnapshotImage.Read(whole.AsMemory(0, at), Layout).IsRefused.Should().BeTrue($"it ends at byte {at}");
        }

        SnapshotImage.Read(whole, Layout).IsRefused.Should().BeFalse();
    }

    [Theory]
    [InlineData("/q", "g")]
    [InlineData("/p", "h")]
    [InlineData("", "g")]
    public void Keys_of_another_prefix_or_group_are_refused(string prefix, string group) =>
        SnapshotImage.Read(Image(), new(prefix, group)).Problem.Should().Be("it is of another prefix or group");

    private static BackendChange Data(string key, string? value) =>
        new(Snapshots.Bytes($"/p{key}"), value is null ? null : Snapshots.Bytes(value));

    private static ReadOnlyMemory<byte> Image()
    {
        var builder = new SnapshotBuilder(Layout);
        builder.Apply(7, [Data("/a", "1"), Data("/a/x", ""), new(Layout.RuleKey("*"), Snapshots.Bytes("[]"))]);
        return SnapshotImage.Write(builder.Current, Layout);
    }
}
