using System.Diagnostics.CodeAnalysis;

namespace Sync.Metad.Model.Metadata;

/// <summary>
/// One element of a tree. A node with children is a directory and hides the value it may also hold; a node without
/// children is a leaf and has a value, possibly an empty one. Immutable; an unchanged node is the same object in the
/// next tree.
/// </summary>
public sealed class MetadataNode
{
    private readonly byte[]? _value;

    /// <summary>Creates a node.</summary>
    /// <param name="name">The node's name; the root's is empty.</param>
    /// <param name="value">The value, kept without a copy; null when the node has none, which is not an empty one.</param>
    /// <param name="children">The nodes below.</param>
    internal MetadataNode(NodeName name, byte[]? value, NodeList children)
    {
        Name = name;
        _value = value;
        Children = children;
    }

    /// <summary>The last segment of the node's path.</summary>
    public NodeName Name { get; }

    /// <summary>The nodes one level below, ordered by the bytes of their names.</summary>
    public NodeList Children { get; }

    /// <summary>States that the node has no children, so that its value shows. The root is never a leaf.</summary>
    public bool IsLeaf => _value is not null && Children.Count == 0;

    /// <summary>States that the node has a value, shown or hidden, empty or not.</summary>
    [MemberNotNullWhen(true, nameof(_value))]
    public bool HasValue => _value is not null;

    /// <summary>The value; empty also when there is none.</summary>
    public ReadOnlySpan<byte> Value => _value;

    /// <summary>The value as the array that was stored, to be passed on unchanged.</summary>
    internal byte[]? StoredValue => _value;

    /// <summary>The node some levels below.</summary>
    /// <param name="path">Relative to this node.</param>
    /// <returns>Null when nothing is there.</returns>
    public MetadataNode? Find(Paths.MetadataPath path)
    {
        var node = this;
        foreach (var segment in path.Segments)
        {
            node = node.Children.Find(segment);
            if (node is null)
            {
                return null;
            }
        }

        return node;
    }
}
