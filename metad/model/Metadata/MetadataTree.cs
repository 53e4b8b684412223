using Sync.Metad.Model.Paths;

namespace Sync.Metad.Model.Metadata;

/// <summary>
/// An immutable tree of values. Applying changes yields a new tree that shares every node that did not change.
/// </summary>
/// <remarks>
/// A path may hold a value and have children: the children show, the value waits below them and shows again when the
/// last child goes. A node that has neither does not exist, so there are no empty directories.
/// </remarks>
public sealed class MetadataTree
{
    private MetadataTree(MetadataNode root) => Root = root;

    /// <summary>The tree without values.</summary>
    public static MetadataTree Empty { get; } = new(new(new(default), value: null, NodeList.Empty));

    /// <summary>The node of the path <c>/</c>; it never has a value.</summary>
    public MetadataNode Root { get; }

    /// <summary>The node at a path.</summary>
    /// <param name="path">An absolute path.</param>
    /// <returns>Null when nothing is there.</returns>
    public MetadataNode? Find(MetadataPath path) => Root.Find(path);

    /// <summary>The tree after changes, applied as one.</summary>
    /// <param name="changes">In any order; of several for one path the last counts.</param>
    /// <param name="names">Shares names between the nodes that are built.</param>
    /// <returns>The same object when no value differs.</returns>
    public MetadataTree Apply(IReadOnlyCollection<TreeChange> changes, NameTable names)
    {
        var ordered = changes.Where(change => !change.Path.IsRoot).ToArray();
        if (ordered.Length > 1)
        {
            // Sorting indexes with it keeps the order of changes to one path.
            ordered = [.. ordered.Index().OrderBy(pair => pair.Item.Path).ThenBy(pair => pair.Index)
                .Select(pair => pair.Item)];
        }

        var children = MergeChildren(Root.Children, ordered, depth: 0, names);
        return ReferenceEquals(children, Root.Children) ? this : new(new(Root.Name, value: null, children));
    }

    // The changes are all below one directory, whose path has depth bytes, and stand in the order of paths.
    private static NodeList MergeChildren(
        NodeList children, ReadOnlySpan<TreeChange> changes, int depth, NameTable names)
    {
        var edits = new List<NodeEdit>();
        while (changes.Length > 0)
        {
            var segment = SegmentAt(changes[0].Path, depth);
            var count = 1;
            while (count < changes.Length && SegmentAt(changes[count].Path, depth).SequenceEqual(segment))
            {
                count++;
            }

            var old = children.Find(segment);
            var name = old?.Name ?? names.Share(segment);
            var node = MergeNode(old, name, changes[..count], depth + 1 + segment.Length, names);
            if (!ReferenceEquals(node, old))
            {
                edits.Add(new(name, node));
            }

            changes = changes[count..];
        }

        return edits.Count == 0 ? children : children.With([.. edits]);
    }

    private static MetadataNode? MergeNode(
        MetadataNode? old, NodeName name, ReadOnlySpan<TreeChange> changes, int depth, NameTable names)
    {
        var value = old?.StoredValue;
        while (changes.Length > 0 && changes[0].Path.Bytes.Length == depth)
        {
            value = changes[0].Value;
            changes = changes[1..];
        }

        if (old is { HasValue: true } && value is not null && old.Value.SequenceEqual(value))
        {
            value = old.StoredValue;
        }

        var before = old?.Children ?? NodeList.Empty;
        var children = changes.Length == 0 ? before : MergeChildren(before, changes, depth, names);
        if (value is null && children.Count == 0)
        {
            return null;
        }

        var isSame = old is not null
            && ReferenceEquals(value, old.StoredValue) && ReferenceEquals(children, old.Children);
        return isSame ? old : new(name, value, children);
    }

    private static ReadOnlySpan<byte> SegmentAt(MetadataPath path, int depth)
    {
        var rest = path.Bytes[(depth + 1)..];
        var end = rest.IndexOf((byte)'/');
        return end < 0 ? rest : rest[..end];
    }
}
