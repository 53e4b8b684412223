namespace Sync.Mvcc.Trees;

/// <summary>
/// An ordered map from keys to small values, of which each published view stays as it was: a B+tree that
/// copies a node the first time a batch changes it and changes its own copy in place from then on.
/// </summary>
/// <remarks>
/// One writer; views are read by any thread. Example: a batch of 100 puts into one leaf copies that leaf and
/// the two or three branches above it once, and then writes 100 times into the copies. The next batch finds
/// nodes of an older batch and copies again, so a reader of the view between them sees nothing move.
/// </remarks>
internal sealed class KeyTree<T>
    where T : struct, IWeighted
{
    private const int Size = KeyTreeNode<T>.Size;

    // A node below this is merged with a neighbour that has room for it.
    private const int Sparse = Size / 4;

    private long _batch;
    private KeyTreeNode<T> _root = new KeyTreeLeaf<T>(batch: 0);

    /// <summary>The tree as it is now. Reading it is over before the next change, unless it is published.</summary>
    public KeyTreeView<T> Current => new(_root);

    /// <summary>The tree as it is now, for readers to keep: the next change begins a new batch.</summary>
    public KeyTreeView<T> Publish()
    {
        _batch++;
        return Current;
    }

    /// <summary>Sets the value of a key, adding the key when it is new.</summary>
    /// <param name="key">The key; copied when it is new.</param>
    /// <param name="value">The value.</param>
    /// <returns>The tree's own copy of the key, which never changes.</returns>
    public byte[] Set(ReadOnlySpan<byte> key, T value)
    {
        var root = Own(_root);
        var overflow = Set(root, key, value, out var kept, out _, isLast: true);
        _root = root;
        if (overflow is not null)
        {
            var branch = new KeyTreeBranch<T>(_batch);
            branch.Insert(0, [], root);
            branch.Insert(1, LowestKey(overflow), overflow);
            _root = branch;
        }

        return kept;
    }

    /// <summary>Takes a key away.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(ReadOnlySpan<byte> key)
    {
        if (!Current.TryFind(key, out _, out _))
        {
            return false;
        }

        _root = Own(_root);
        Remove(_root, key);
        while (_root is KeyTreeBranch<T> { Count: <= 1 } branch)
        {
            _root = branch.Count == 1 ? branch.Children[0] : new KeyTreeLeaf<T>(_batch);
        }

        return true;
    }

    // The tree has its own node for a split: the lower bound in the branch above is a key of the leaf, which
    // lives on there after the leaf's key is removed. It only bounds, so that does no harm.
    private static byte[] LowestKey(KeyTreeNode<T> node) =>
        node is KeyTreeBranch<T> branch ? LowestKey(branch.Children[0]) : node.Keys[0];

    private KeyTreeNode<T> Own(KeyTreeNode<T> node) => node switch
    {
        _ when node.Batch == _batch => node,
        KeyTreeLeaf<T> leaf => leaf.CopyFor(_batch),
        KeyTreeBranch<T> branch => branch.CopyFor(_batch),
        _ => throw Invariant.Unreachable(node),
    };

    /// <summary>Sets a value below an owned node.</summary>
    /// <returns>A node to stand right of it when it was full; otherwise null.</returns>
    private KeyTreeNode<T>? Set(
        KeyTreeNode<T> node, ReadOnlySpan<byte> key, T value, out byte[] kept, out int added, bool isLast) =>
        node is KeyTreeLeaf<T> leaf
            ? Set(leaf, key, value, out kept, out added, isLast)
            : Set((KeyTreeBranch<T>)node, key, value, out kept, out added, isLast);

    private KeyTreeLeaf<T>? Set(
        KeyTreeLeaf<T> leaf, ReadOnlySpan<byte> key, T value, out byte[] kept, out int added, bool isLast)
    {
        var slot = leaf.Search(key, first: 0);
        if (slot >= 0)
        {
            added = value.Weight - leaf.Values[slot].Weight;
            leaf.Values[slot] = value;
            kept = leaf.Keys[slot];
            return null;
        }

        added = value.Weight;
        kept = key.ToArray();
        slot = ~slot;
        if (leaf.Count < Size)
        {
            leaf.Insert(slot, kept, value);
            return null;
        }

        var right = new KeyTreeLeaf<T>(_batch);
        var left = SplitAt(slot, isLast);
        right.Take(leaf, left, Size - left);
        leaf.Remove(left, Size - left);
        if (slot > left || left == Size)
        {
            right.Insert(slot - left, kept, value);
        }
        else
        {
            leaf.Insert(slot, kept, value);
        }

        return right;
    }

    private KeyTreeBranch<T>? Set(
        KeyTreeBranch<T> branch, ReadOnlySpan<byte> key, T value, out byte[] kept, out int added, bool isLast)
    {
        var slot = branch.ChildOf(key);
        var child = Own(branch.Children[slot]);
        var overflow = Set(child, key, value, out kept, out added, isLast && slot == branch.Count - 1);
        branch.Children[slot] = child;
        if (overflow is null)
        {
            branch.Weights[slot] += added;
            return null;
        }

        branch.Set(slot, child);
        slot++;
        if (branch.Count < Size)
        {
            branch.Insert(slot, LowestKey(overflow), overflow);
            return null;
        }

        var right = new KeyTreeBranch<T>(_batch);
        var left = SplitAt(slot, isLast);
        right.Take(branch, left, Size - left);
        branch.Remove(left, Size - left);
        if (slot > left || left == Size)
        {
            right.Insert(slot - left, LowestKey(overflow), overflow);
        }
        else
        {
            branch.Insert(slot, LowestKey(overflow), overflow);
        }

        return right;
    }

    // Keys that arrive in order leave full nodes behind; others leave halves.
    private static int SplitAt(int slot, bool isLast) => isLast && slot == Size ? Size : Size / 2;

    private void Remove(KeyTreeNode<T> node, ReadOnlySpan<byte> key)
    {
        if (node is KeyTreeLeaf<T> leaf)
        {
            leaf.Remove(leaf.Search(key, first: 0), 1);
            return;
        }

        var branch = (KeyTreeBranch<T>)node;
        var slot = branch.ChildOf(key);
        var child = Own(branch.Children[slot]);
        Remove(child, key);
        branch.Set(slot, child);
        if (child.Count == 0)
        {
            branch.Remove(slot, 1);
        }
        else if (child.Count < Sparse)
        {
            MergeWithNeighbour(branch, slot);
        }
    }

    private void MergeWithNeighbour(KeyTreeBranch<T> branch, int slot)
    {
        var left = slot + 1 < branch.Count ? slot : slot - 1;
        if (left < 0 || branch.Children[left].Count + branch.Children[left + 1].Count > Size)
        {
            return;
        }

        var merged = Own(branch.Children[left]);
        Join(merged, branch.Children[left + 1], branch.Keys[left + 1]);
        branch.Set(left, merged);
        branch.Remove(left + 1, 1);
    }

    private static void Join(KeyTreeNode<T> left, KeyTreeNode<T> right, byte[] rightLowerBound)
    {
        if (left is KeyTreeLeaf<T> leaf)
        {
            leaf.Take((KeyTreeLeaf<T>)right, 0, right.Count);
            return;
        }

        var branch = (KeyTreeBranch<T>)left;
        var first = branch.Count;
        branch.Take((KeyTreeBranch<T>)right, 0, right.Count);
        branch.Keys[first] = rightLowerBound;
    }
}
