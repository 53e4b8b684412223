using System.Runtime.CompilerServices;
using Sync.Mvcc.Keys;

namespace Sync.Mvcc.Trees;

/// <summary>Walks the keys of a range in byte order. Needs no memory beside itself.</summary>
internal struct KeyTreeCursor<T>
    where T : struct, IWeighted
{
    private readonly KeyRange _range;
    private Path _path;
    private int _depth;
    private KeyTreeLeaf<T> _leaf;
    private int _slot;

    /// <summary>Begins before the first key of <paramref name="range"/>.</summary>
    public KeyTreeCursor(KeyTreeNode<T> root, KeyRange range)
    {
        _range = range;
        var node = root;
        while (node is KeyTreeBranch<T> branch)
        {
            var slot = branch.ChildOf(range.Start.Span);
            _path[_depth++] = new(branch, slot);
            node = branch.Children[slot];
        }

        _leaf = (KeyTreeLeaf<T>)node;
        var found = _leaf.Search(range.Start.Span, first: 0);
        _slot = (found >= 0 ? found : ~found) - 1;
    }

    /// <summary>The key, never changing. Only after <see cref="MoveNext"/> returned true.</summary>
    public readonly byte[] Key => _leaf.Keys[_slot];

    /// <summary>The key's value. Only after <see cref="MoveNext"/> returned true.</summary>
    public readonly T Value => _leaf.Values[_slot];

    /// <summary>Goes to the next key.</summary>
    /// <returns>False behind the last key of the range.</returns>
    public bool MoveNext()
    {
        _slot++;
        while (_slot >= _leaf.Count)
        {
            if (!MoveToNextLeaf())
            {
                return false;
            }
        }

        return _range.IsBeforeEnd(_leaf.Keys[_slot]);
    }

    private bool MoveToNextLeaf()
    {
        while (_depth > 0)
        {
            var (branch, slot) = _path[_depth - 1];
            slot++;
            if (slot < branch.Count)
            {
                _path[_depth - 1] = new(branch, slot);
                Descend(branch.Children[slot]);
                return true;
            }

            _depth--;
        }

        return false;
    }

    private void Descend(KeyTreeNode<T> node)
    {
        while (node is KeyTreeBranch<T> branch)
        {
            _path[_depth++] = new(branch, 0);
            node = branch.Children[0];
        }

        _leaf = (KeyTreeLeaf<T>)node;
        _slot = 0;
    }

    private readonly record struct Step(KeyTreeBranch<T> Branch, int Slot);

    // Half-full nodes of 32 reach 16^12 keys with twelve levels.
    [InlineArray(12)]
    private struct Path
    {
        private Step _first;
    }
}
