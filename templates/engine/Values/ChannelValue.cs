namespace Sync.Templates.Values;

/// <summary>A closed channel with the values still to be received. Receiving takes a value away.</summary>
/// <param name="items">The values in the order they will be received.</param>
internal sealed class ChannelValue(IEnumerable<Value> items)
{
    private readonly Queue<Value> _items = new(items);

    /// <summary>The number of values still to be received.</summary>
    public int Count => _items.Count;

    /// <summary>Takes the next value; false when the channel is drained.</summary>
    public bool TryReceive(out Value value) => _items.TryDequeue(out value);
}
