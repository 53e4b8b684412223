using CsCheck;
using Sync.Metad.Model.Access;
using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Metadata;
using Sync.Metad.Model.Paths;
using Sync.Metad.Model.Views;

namespace Sync.Metad.Tests.Access;

/// <summary>Random rules over random trees: every route shows the same leaves, those of the naive reading.</summary>
public sealed class RulePropertyTests
{
    private static readonly Gen<string> Segment = Gen.OneOf("a", "b", "c", "a-b", "*");

    private static readonly Gen<(string Path, int Mode)> Rule = Gen.Select(
        Segment.Array[0, 4].Select(segments => "/" + string.Join('/', segments)), Gen.OneOf(-1, 0, 0, 1, 1));

    private static readonly Gen<string[]> Leaves =
        Segment.Array[1, 4].Select(segments => "/" + string.Join('/', segments)).Array[1, 12];

    [Fact]
    public void Listing_and_direct_reads_show_exactly_the_leaves_of_the_naive_reading() =>
        Gen.Select(Rule.Array[0, 6], Leaves).Sample((rules, paths) =>
        {
            var tree = Snapshots.Tree([.. paths.Select(path => (path, (string?)"v"))]);
            var access = new AccessRules(rules.Select(rule => new AccessRule(rule.Path, (AccessMode)rule.Mode)));
            var naive = new NaiveRules(rules);
            var leaves = LeavesOf(tree.Root, "").ToList();

            var allowed = leaves.Where(leaf => naive.MayRead(leaf.Split('/', StringSplitOptions.RemoveEmptyEntries)));
            var listed = Lines(new View.DataView(tree.Root, access.Start()));
            var direct = leaves.Where(leaf => MayReadDirectly(tree, access, leaf));
            var expected = allowed.Order(StringComparer.Ordinal).ToList();

            return expected.SequenceEqual(listed.Order(StringComparer.Ordinal), StringComparer.Ordinal)
                && expected.SequenceEqual(direct.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        }, iter: 6_000);

    [Fact]
    public void Three_forms_show_the_same_leaves() =>
        Gen.Select(Rule.Array[0, 6], Leaves).Sample((rules, paths) =>
        {
            var tree = Snapshots.Tree([.. paths.Select(path => (path, (string?)"v"))]);
            var access = new AccessRules(rules.Select(rule => new AccessRule(rule.Path, (AccessMode)rule.Mode)));
            var view = new View.DataView(tree.Root, access.Start());

            var json = Snapshots.Require(Model.Documents.DataDocument.Read(
                Snapshots.Bytes(Snapshots.Body(view, BodyFormat.Json))));
            var values = ((Model.Documents.DataDocument.Container)json).Values.Select(value => value.Key.ToString());

            return values.Order(StringComparer.Ordinal).SequenceEqual(Lines(view).Order(StringComparer.Ordinal))
                && Flatten(Snapshots.Body(view, BodyFormat.Yaml)).Order(StringComparer.Ordinal)
                    .SequenceEqual(Lines(view).Order(StringComparer.Ordinal));
        }, iter: 2_000);

    private static IEnumerable<string> LeavesOf(MetadataNode node, string path)
    {
        foreach (var child in node.Children)
        {
            var below = $"{path}/{System.Text.Encoding.UTF8.GetString(child.Name.Bytes)}";
            foreach (var leaf in child.IsLeaf ? [below] : LeavesOf(child, below))
            {
                yield return leaf;
            }
        }
    }

    private static List<string> Lines(View view) =>
    [
        .. Snapshots.Body(view, BodyFormat.Text).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t')[0]),
    ];

    private static bool MayReadDirectly(MetadataTree tree, AccessRules access, string leaf)
    {
        var snapshot = MetadataSnapshot.CreateEmpty() with { Tree = tree };
        var view = new ClientView(snapshot, access, mapping: null, onlySelf: false).Find(MetadataPath.Split(leaf));
        return view is View.DataView { Node.IsLeaf: true };
    }

    private static IEnumerable<string> Flatten(string yaml)
    {
        var stream = new YamlDotNet.RepresentationModel.YamlStream();
        stream.Load(new StringReader(yaml));
        return Flatten(stream.Documents[0].RootNode, "");
    }

    private static IEnumerable<string> Flatten(YamlDotNet.RepresentationModel.YamlNode node, string path) =>
        node is YamlDotNet.RepresentationModel.YamlMappingNode mapping
            ? mapping.Children.SelectMany(child => Flatten(child.Value, $"{path}/{child.Key}"))
            : [path];
}
