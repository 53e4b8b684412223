using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Metadata;
using Sync.Metad.Model.Paths;

namespace Sync.Metad.Tests.Metadata;

public sealed class NodeListTests
{
    [Fact]
    public void A_directory_of_many_children_keeps_its_order_through_edits()
    {
        var names = new NameTable();
        var tree = MetadataTree.Empty;
        var naive = new SortedSet<string>(StringComparer.Ordinal);
        var random = new Random(1);
        for (var round = 0; round < 300; round++)
        {
            var batch = Enumerable.Range(0, random.Next(1, 40)).Select(_ => $"/d/{random.Next(3000):d4}")
                .Select(path => (path, random.Next(3) == 0 ? null : "v")).DistinctBy(change => change.path).ToArray();
            tree = tree.Apply(
                [.. batch.Select(change => new TreeChange(MetadataPath.Split(change.path), change.Item2 is null ? null : [1]))],
                names);
            naive.ExceptWith(batch.Where(change => change.Item2 is null).Select(change => change.path));
            naive.UnionWith(batch.Where(change => change.Item2 is not null).Select(change => change.path));
        }

        var lines = Snapshots.Body(Snapshots.Everything(tree.Root), BodyFormat.Text);

        lines.Should().Be(string.Concat(naive.Select(path => path + "\t\u0001\n")));
        naive.Should().OnlyContain(path => tree.Find(MetadataPath.Split(path)) != null);
        tree.Find(MetadataPath.Split("/d/none")).Should().BeNull();
    }
}
