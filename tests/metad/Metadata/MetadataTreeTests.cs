using CsCheck;
using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Metadata;
using Sync.Metad.Model.Paths;

namespace Sync.Metad.Tests.Metadata;

public sealed class MetadataTreeTests
{
    private readonly NameTable _names = new();

    [Fact]
    public void A_directory_hides_its_own_value()
    {
        var tree = Snapshots.Tree(("/a", "x"), ("/a/b", "y"));

        Json(tree).Should().Be("""{"a":{"b":"y"}}""");
    }

    [Fact]
    public void The_order_of_writes_does_not_matter()
    {
        var tree = Snapshots.Tree(("/a/b", "y"), ("/a", "x"));

        Json(tree).Should().Be("""{"a":{"b":"y"}}""");
    }

    [Fact]
    public void A_hidden_value_shows_again_when_the_last_child_goes()
    {
        var tree = Apply(Snapshots.Tree(("/a", "x"), ("/a/b", "y")), ("/a", "x2"), ("/a/b", null));

        Json(tree).Should().Be("""{"a":"x2"}""");
    }

    [Fact]
    public void An_empty_hidden_value_is_a_value()
    {
        var tree = Apply(Snapshots.Tree(("/a", ""), ("/a/b", "y")), ("/a/b", null));

        Json(tree).Should().Be("""{"a":""}""");
    }

    [Fact]
    public void Removing_a_value_leaves_what_is_below()
    {
        var tree = Apply(Snapshots.Tree(("/a", "x"), ("/a/b", "y")), ("/a", null));

        Json(tree).Should().Be("""{"a":{"b":"y"}}""");
    }

    [Fact]
    public void A_directory_goes_with_its_last_value()
    {
        var tree = Apply(Snapshots.Tree(("/nodes/7/label/key1", "v")), ("/nodes/7/label/key1", null));

        tree.Find(MetadataPath.Split("/nodes")).Should().BeNull();
    }

    [Fact]
    public void The_root_takes_no_value()
    {
        var tree = Snapshots.Tree(("/", "x"));

        Json(tree).Should().Be("{}");
    }

    [Fact]
    public void The_same_value_again_changes_no_node()
    {
        var tree = Snapshots.Tree(("/a/b", "y"), ("/c", "z"));

        Apply(tree, ("/a/b", "y")).Should().BeSameAs(tree);
    }

    [Fact]
    public void What_did_not_change_is_shared()
    {
        var before = Snapshots.Tree(("/a/b", "y"), ("/c/d", "z"));

        var after = Apply(before, ("/c/d", "new"));

        after.Find(MetadataPath.Split("/a")).Should().BeSameAs(before.Find(MetadataPath.Split("/a")));
        Json(before).Should().Be("""{"a":{"b":"y"},"c":{"d":"z"}}""", "a snapshot never changes");
    }

    [Fact]
    public void A_tree_equals_a_sorted_dictionary_after_any_batches() =>
        Gen.Select(
            Gen.OneOf("a", "a-b", "a.b", "b", "10", "2", "ä").Array[1, 3].Select(parts => "/" + string.Join('/', parts)),
            Gen.OneOf<string?>(null, "", "x", "y")).Array[0, 8].Array[1, 6].Sample(batches =>
        {
            // Samples are taken on several threads; a table of names belongs to one.
            var names = new NameTable();
            var tree = MetadataTree.Empty;
            var naive = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var batch in batches)
            {
                tree = tree.Apply(ChangesOf(batch), names);
                foreach (var (path, value) in batch)
                {
                    _ = value is null ? naive.Remove(path) : Set(naive, path, value);
                }
            }

            var shown = naive.Where(entry => !naive.Keys.Any(
                other => other.StartsWith(entry.Key + "/", StringComparison.Ordinal)));
            var expected = shown.OrderBy(entry => entry.Key, Comparer<string>.Create(CompareBytes))
                .Select(entry => $"{entry.Key}\t{entry.Value}\n");
            return Snapshots.Body(Snapshots.Everything(tree.Root), BodyFormat.Text) == string.Concat(expected);
        }, iter: 5_000);

    [Fact]
    public void A_hundred_thousand_keys_are_one_batch()
    {
        var changes = Enumerable.Range(0, 100_000)
            .Select(index => new TreeChange(MetadataPath.Split($"/n{index % 1000}/k{index}"), [1])).ToList();

        var tree = MetadataTree.Empty.Apply(changes, _names);

        tree.Root.Children.Count.Should().Be(1000);
        tree.Find(MetadataPath.Split("/n7/k7"))?.HasValue.Should().BeTrue();
    }

    private MetadataTree Apply(MetadataTree tree, params (string Path, string? Value)[] changes) =>
        tree.Apply(ChangesOf(changes), _names);

    private static List<TreeChange> ChangesOf(IEnumerable<(string Path, string? Value)> changes) =>
    [
        .. changes.Select(change => new TreeChange(
            MetadataPath.Split(change.Path), change.Value is null ? null : Snapshots.Bytes(change.Value))),
    ];

    private static string Json(MetadataTree tree) => Snapshots.Body(Snapshots.Everything(tree.Root), BodyFormat.Json);

    private static bool Set(SortedDictionary<string, string> values, string path, string value)
    {
        values[path] = value;
        return true;
    }

    private static int CompareBytes(string left, string right) =>
        Snapshots.Bytes(left).AsSpan().SequenceCompareTo(Snapshots.Bytes(right));
}
