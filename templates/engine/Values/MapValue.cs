namespace Sync.Templates.Values;

/// <summary>The entries of a map, sorted as Go prints and ranges them.</summary>
/// <remarks>
/// Like a Go map it is shared by all that hold it, and <see cref="Set"/> and <see cref="Remove"/> change it for all of them.
/// Spans taken before a change keep the former entries.
/// </remarks>
internal sealed class MapValue
{
    private Value[] _keys;
    private Value[] _elements;

    private MapValue(Value[] keys, Value[] elements)
    {
        _keys = keys;
        _elements = elements;
    }

    /// <summary>What a nil map has. Never changed.</summary>
    public static MapValue Empty { get; } = new([], []);

    /// <summary>The number of entries.</summary>
    public int Count => _keys.Length;

    /// <summary>The keys in order.</summary>
    public ReadOnlySpan<Value> Keys => _keys;

    /// <summary>The elements in the order of their keys.</summary>
    public ReadOnlySpan<Value> Elements => _elements;

    /// <summary>Sorts entries into a map; of equal keys the last one wins.</summary>
    public static MapValue Of(IEnumerable<KeyValuePair<Value, Value>> entries)
    {
        var sorted = entries.ToList();
        var order = new int[sorted.Count];
        for (var index = 0; index < order.Length; index++)
        {
            order[index] = index;
        }

        Array.Sort(order, (left, right) =>
            ValueOrder.Compare(sorted[left].Key, sorted[right].Key) is var byKey and not 0 ? byKey : left - right);
        var keys = new List<Value>(order.Length);
        var elements = new List<Value>(order.Length);
        foreach (var index in order)
        {
            if (keys.Count > 0 && ValueOrder.AreSameKey(keys[^1], sorted[index].Key))
            {
                elements[^1] = sorted[index].Value;
                continue;
            }

            keys.Add(sorted[index].Key);
            elements.Add(sorted[index].Value);
        }

        return new MapValue([.. keys], [.. elements]);
    }

    /// <summary>The map with one more entry, or with another element for a key that it has.</summary>
    public MapValue With(Value key, Value element)
    {
        var entries = new List<KeyValuePair<Value, Value>>(Count + 1);
        for (var index = 0; index < Count; index++)
        {
            entries.Add(new(_keys[index], _elements[index]));
        }

        entries.Add(new(key, element));
        return Of(entries);
    }

    /// <summary>Puts in an entry, or another element for a key that is there.</summary>
    public void Set(Value key, Value element)
    {
        var place = LowerBound(key);
        var isThere = place < _keys.Length && ValueOrder.Compare(_keys[place], key) == 0;
        var next = isThere ? place + 1 : place;
        _keys = [.. _keys.AsSpan(0, place), key, .. _keys.AsSpan(next)];
        _elements = [.. _elements.AsSpan(0, place), element, .. _elements.AsSpan(next)];
    }

    /// <summary>Takes out an entry; nothing when there is none of that key.</summary>
    public void Remove(Value key)
    {
        var place = LowerBound(key);
        if (place < _keys.Length && ValueOrder.Compare(_keys[place], key) == 0)
        {
            _keys = [.. _keys.AsSpan(0, place), .. _keys.AsSpan(place + 1)];
            _elements = [.. _elements.AsSpan(0, place), .. _elements.AsSpan(place + 1)];
        }
    }

    private int LowerBound(in Value key)
    {
        var (low, high) = (0, _keys.Length);
        while (low < high)
        {
            var middle = (low + high) >> 1;
            (low, high) = ValueOrder.Compare(_keys[middle], key) < 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The element of a key, or no value.</summary>
    public Value Find(in Value key)
    {
        var (low, high) = (0, _keys.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            var order = ValueOrder.Compare(_keys[middle], key);
            if (order == 0)
            {
                return _elements[middle];
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return default;
    }

    /// <summary>The element of a string key, or no value.</summary>
    public Value Find(ReadOnlySpan<byte> key)
    {
        var (low, high) = (0, _keys.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            var order = _keys[middle].String.AsSpan().SequenceCompareTo(key);
            if (order == 0)
            {
                return _elements[middle];
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return default;
    }
}
