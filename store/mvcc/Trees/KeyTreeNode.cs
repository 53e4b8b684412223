namespace Sync.Mvcc.Trees;

/// <summary>A node of a <see cref="KeyTree{T}"/>: up to <see cref="Size"/> keys in byte order.</summary>
/// <param name="batch">The batch that made the node.</param>
/// <param name="sharedKeys">The keys of the node that this one is a copy of; null for a new node.</param>
internal abstract class KeyTreeNode<T>(long batch, byte[][]? sharedKeys)
    where T : struct, IWeighted
{
    // Most batches change values or children only: then a copy goes on with the keys of its original.
    private bool _sharesKeys = sharedKeys is not null;

    /// <summary>The most entries or children of a node.</summary>
    public const int Size = 32;

    /// <summary>
    /// The batch that made the node. It alone may change the node in place; for every later batch the node is
    /// shared with views and immutable.
    /// </summary>
    public long Batch { get; } = batch;

    /// <summary>How many slots are used; they are the first ones.</summary>
    public int Count { get; set; }

    /// <summary>
    /// In a leaf, the keys. In a branch, a lower bound of each child's keys, above all keys of the child
    /// before; the first one is not looked at.
    /// </summary>
    public byte[][] Keys { get; private set; } = sharedKeys ?? new byte[Size][];

    /// <summary>The sum of the weights of all values below.</summary>
    public abstract int Weight { get; }

    /// <summary>Makes the keys the node's own, before they change.</summary>
    protected void OwnKeys()
    {
        if (_sharesKeys)
        {
            Keys = (byte[][])Keys.Clone();
            _sharesKeys = false;
        }
    }

    /// <summary>Finds a key among <see cref="Keys"/>.</summary>
    /// <returns>Its slot, or the complement of the slot before which it belongs.</returns>
    public int Search(ReadOnlySpan<byte> key, int first)
    {
        var low = first;
        var high = Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            var order = Keys[middle].AsSpan().SequenceCompareTo(key);
            if (order == 0)
            {
                return middle;
            }

            if (order < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return ~low;
    }
}

/// <summary>A node that holds values.</summary>
internal sealed class KeyTreeLeaf<T>(long batch, byte[][]? sharedKeys = null) : KeyTreeNode<T>(batch, sharedKeys)
    where T : struct, IWeighted
{
    /// <summary>The values, slot by slot with the keys.</summary>
    public T[] Values { get; } = new T[Size];

    /// <inheritdoc/>
    public override int Weight
    {
        get
        {
            var weight = 0;
            for (var slot = 0; slot < Count; slot++)
            {
                weight += Values[slot].Weight;
            }

            return weight;
        }
    }

    /// <summary>The weight of the values in the first <paramref name="slots"/> slots.</summary>
    public int WeightBefore(int slots)
    {
        var weight = 0;
        for (var slot = 0; slot < slots; slot++)
        {
            weight += Values[slot].Weight;
        }

        return weight;
    }

    /// <summary>A copy that <paramref name="batch"/> may change.</summary>
    public KeyTreeLeaf<T> CopyFor(long batch)
    {
        var copy = new KeyTreeLeaf<T>(batch, Keys) { Count = Count };
        Array.Copy(Values, copy.Values, Count);
        return copy;
    }

    /// <summary>Adds a run of another leaf's slots behind the own ones.</summary>
    public void Take(KeyTreeLeaf<T> source, int first, int count)
    {
        OwnKeys();
        Array.Copy(source.Keys, first, Keys, Count, count);
        Array.Copy(source.Values, first, Values, Count, count);
        Count += count;
    }

    /// <summary>Puts an entry before a slot.</summary>
    public void Insert(int slot, byte[] key, T value)
    {
        OwnKeys();
        Array.Copy(Keys, slot, Keys, slot + 1, Count - slot);
        Array.Copy(Values, slot, Values, slot + 1, Count - slot);
        Keys[slot] = key;
        Values[slot] = value;
        Count++;
    }

    /// <summary>Takes slots away, so that nothing keeps their keys alive.</summary>
    public void Remove(int slot, int count)
    {
        OwnKeys();
        Array.Copy(Keys, slot + count, Keys, slot, Count - slot - count);
        Array.Copy(Values, slot + count, Values, slot, Count - slot - count);
        Count -= count;
        Array.Clear(Keys, Count, count);
    }
}

/// <summary>A node that holds nodes.</summary>
internal sealed class KeyTreeBranch<T>(long batch, byte[][]? sharedKeys = null)
    : KeyTreeNode<T>(batch, sharedKeys)
    where T : struct, IWeighted
{
    /// <summary>The children, slot by slot with their lower bounds.</summary>
    public KeyTreeNode<T>[] Children { get; } = new KeyTreeNode<T>[Size];

    /// <summary>The weight of each child, so that counting touches no child that it passes over.</summary>
    public int[] Weights { get; } = new int[Size];

    /// <inheritdoc/>
    public override int Weight => WeightBefore(Count);

    /// <summary>The slot of the child in whose interval a key lies.</summary>
    public int ChildOf(ReadOnlySpan<byte> key)
    {
        var slot = Search(key, first: 1);
        return slot >= 0 ? slot : ~slot - 1;
    }

    /// <summary>The weight of the first <paramref name="slots"/> children.</summary>
    public int WeightBefore(int slots)
    {
        var weight = 0;
        for (var slot = 0; slot < slots; slot++)
        {
            weight += Weights[slot];
        }

        return weight;
    }

    /// <summary>A copy that <paramref name="batch"/> may change.</summary>
    public KeyTreeBranch<T> CopyFor(long batch)
    {
        var copy = new KeyTreeBranch<T>(batch, Keys) { Count = Count };
        Array.Copy(Children, copy.Children, Count);
        Array.Copy(Weights, copy.Weights, Count);
        return copy;
    }

    /// <summary>Adds a run of another branch's slots behind the own ones.</summary>
    public void Take(KeyTreeBranch<T> source, int first, int count)
    {
        OwnKeys();
        Array.Copy(source.Keys, first, Keys, Count, count);
        Array.Copy(source.Children, first, Children, Count, count);
        Array.Copy(source.Weights, first, Weights, Count, count);
        Count += count;
    }

    /// <summary>Puts a child before a slot.</summary>
    public void Insert(int slot, byte[] lowerBound, KeyTreeNode<T> child)
    {
        OwnKeys();
        Array.Copy(Keys, slot, Keys, slot + 1, Count - slot);
        Array.Copy(Children, slot, Children, slot + 1, Count - slot);
        Array.Copy(Weights, slot, Weights, slot + 1, Count - slot);
        Keys[slot] = lowerBound;
        Set(slot, child);
        Count++;
    }

    /// <summary>Replaces a child and notes its weight.</summary>
    public void Set(int slot, KeyTreeNode<T> child)
    {
        Children[slot] = child;
        Weights[slot] = child.Weight;
    }

    /// <summary>Takes slots away, so that nothing keeps their children alive.</summary>
    public void Remove(int slot, int count)
    {
        OwnKeys();
        Array.Copy(Keys, slot + count, Keys, slot, Count - slot - count);
        Array.Copy(Children, slot + count, Children, slot, Count - slot - count);
        Array.Copy(Weights, slot + count, Weights, slot, Count - slot - count);
        Count -= count;
        Array.Clear(Keys, Count, count);
        Array.Clear(Children, Count, count);
    }
}
