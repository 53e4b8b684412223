namespace Sync.Templates.Values;

/// <summary>The elements of a slice or array: a window on shared storage, as in Go.</summary>
/// <remarks>Elements of interface type carry their slot.</remarks>
internal sealed class ListValue
{
    private readonly Value[] _storage;
    private readonly int _start;

    public ListValue(Value[] items)
        : this(items, 0, items.Length, items.Length)
    {
    }

    /// <summary>A window.</summary>
    /// <param name="storage">The elements; those behind the window's end may be sliced into.</param>
    /// <param name="start">The first element.</param>
    /// <param name="count">The number of elements.</param>
    /// <param name="capacity">How far the window can be sliced, at least <paramref name="count"/>.</param>
    public ListValue(Value[] storage, int start, int count, int capacity)
    {
        _storage = storage;
        _start = start;
        Count = count;
        Capacity = capacity;
    }

    /// <summary>A list without elements.</summary>
    public static ListValue Empty { get; } = new([]);

    /// <summary>The number of elements.</summary>
    public int Count { get; }

    /// <summary>How far the list can be sliced.</summary>
    public int Capacity { get; }

    /// <summary>The elements.</summary>
    public ReadOnlySpan<Value> Items => _storage.AsSpan(_start, Count);

    /// <summary>The element at a position in <c>[0, Count)</c>.</summary>
    public Value this[int index] => Items[index];

    /// <summary>Replaces all elements, for this list and those that share its storage.</summary>
    public void Overwrite(ReadOnlySpan<Value> items) => items.CopyTo(_storage.AsSpan(_start, Count));

    /// <summary>The elements <c>[start, end)</c>, sliceable up to <paramref name="capacityEnd"/>.</summary>
    public ListValue Slice(int start, int end, int capacityEnd) =>
        new(_storage, _start + start, end - start, capacityEnd - start);
}
