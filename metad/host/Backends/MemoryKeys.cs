using Sync.Metad.Model.Backends;

namespace Sync.Metad.Backends;

/// <summary>Keys in order with their values and the revisions that set them. Belongs to one backend, under its turn.</summary>
internal sealed class MemoryKeys
{
    private readonly SortedSet<Entry> _entries = new(
        Comparer<Entry>.Create(static (left, right) => left.Key.AsSpan().SequenceCompareTo(right.Key)));

    /// <summary>All keys and values, in byte order.</summary>
    public IEnumerable<BackendChange> All => _entries.Select(entry => new BackendChange(entry.Key, entry.Value));

    /// <summary>States that a guard holds.</summary>
    /// <param name="guard">The guard; null asks nothing.</param>
    public bool Holds(WriteGuard? guard) => guard is null
        || (guard.Present.All(key => In(key, [.. key, 0]).Count > 0)
            && guard.Ranges.SelectMany(range => In(range.Start, range.End))
                .All(entry => !guard.IsAbsent && entry.Revision <= guard.Revision));

    /// <summary>Carries out a write.</summary>
    /// <param name="operations">The write.</param>
    /// <param name="revision">The revision that it gets.</param>
    /// <returns>What changed; empty when nothing did.</returns>
    public IReadOnlyList<BackendChange> Carry(IReadOnlyList<BackendOperation> operations, long revision) =>
        [.. operations.SelectMany(operation => Carry(operation, revision))];

    private List<BackendChange> Carry(BackendOperation operation, long revision)
    {
        switch (operation)
        {
            case BackendOperation.PutKey put:
                var entry = new Entry(put.Key, put.Value, revision);
                _entries.Remove(entry);
                _entries.Add(entry);
                return [new(put.Key, put.Value)];
            case BackendOperation.DeleteRange range:
                return Remove(range.Start, range.End);
            case BackendOperation.DeletePlace place:
                var below = Remove(place.BelowStart, place.BelowEnd);
                return below.Count > 0 ? below : Remove(place.Key, [.. place.Key, 0]);
            default:
                throw new System.Diagnostics.UnreachableException($"No such operation: {operation}");
        }
    }

    private List<BackendChange> Remove(byte[] start, byte[] end)
    {
        var removed = In(start, end);
        _entries.ExceptWith(removed);
        return [.. removed.Select(entry => new BackendChange(entry.Key, Value: null))];
    }

    // The view includes its upper end, which the range does not.
    private List<Entry> In(byte[] start, byte[] end) =>
    [
        .. _entries.GetViewBetween(new(start, [], 0), new(end, [], 0))
            .Where(entry => !entry.Key.AsSpan().SequenceEqual(end)),
    ];

    private sealed record Entry(byte[] Key, byte[] Value, long Revision);
}
