using System.Diagnostics.CodeAnalysis;
using Sync.Mvcc.Keys;

namespace Sync.Mvcc.Trees;

/// <summary>A <see cref="KeyTree{T}"/> as it was at one moment.</summary>
internal readonly struct KeyTreeView<T>(KeyTreeNode<T> root)
    where T : struct, IWeighted
{
    /// <summary>The sum of all weights.</summary>
    public int Weight => root.Weight;

    /// <summary>Looks a key up.</summary>
    /// <param name="key">The key.</param>
    /// <param name="kept">The tree's own copy of the key.</param>
    /// <param name="value">The key's value.</param>
    /// <returns>Whether the key is there.</returns>
    public bool TryFind(ReadOnlySpan<byte> key, [NotNullWhen(true)] out byte[]? kept, out T value)
    {
        var node = root;
        while (node is KeyTreeBranch<T> branch)
        {
            node = branch.Children[branch.ChildOf(key)];
        }

        var leaf = (KeyTreeLeaf<T>)node;
        var slot = leaf.Search(key, first: 0);
        (kept, value) = slot >= 0 ? (leaf.Keys[slot], leaf.Values[slot]) : (null, default);
        return slot >= 0;
    }

    /// <summary>The weight of all keys in a range. Looks at one path for each end.</summary>
    public int WeightOf(KeyRange range)
    {
        if (range.IsEmpty)
        {
            return 0;
        }

        if (range.IsSingleKey)
        {
            return TryFind(range.Start.Span, out _, out var value) ? value.Weight : 0;
        }

        var end = range.IsUnbounded ? root.Weight : WeightBefore(range.RangeEnd.Span);
        return end - WeightBefore(range.Start.Span);
    }

    /// <summary>Begins before the first key of a range.</summary>
    public KeyTreeCursor<T> Scan(KeyRange range) => new(root, range);

    private int WeightBefore(ReadOnlySpan<byte> key)
    {
        var weight = 0;
        var node = root;
        while (node is KeyTreeBranch<T> branch)
        {
            var slot = branch.ChildOf(key);
            weight += branch.WeightBefore(slot);
            node = branch.Children[slot];
        }

        var leaf = (KeyTreeLeaf<T>)node;
        var found = leaf.Search(key, first: 0);
        return weight + leaf.WeightBefore(found >= 0 ? found : ~found);
    }
}
