using Sync.Mvcc.Changes;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Leases;

namespace Sync.Mvcc.Watching;

/// <summary>Makes the events of one change, at most one with and one without the pair before.</summary>
/// <param name="reader">Reads the view that holds the change.</param>
/// <param name="ordinal">The change.</param>
internal sealed class ChangeEvents(KeyspaceReader reader, long ordinal)
{
    private WatchEvent? _plain;
    private WatchEvent? _full;

    /// <summary>The change's kind.</summary>
    public ChangeKind Kind => reader.Index.Log[ordinal].Header.Kind;

    /// <summary>The event; its value is read the first time.</summary>
    /// <param name="withPrevious">Whether it carries the pair before.</param>
    public WatchEvent Get(bool withPrevious)
    {
        _plain ??= new WatchEvent(Kind, Pair(), Previous: null);
        if (!withPrevious)
        {
            return _plain;
        }

        _full ??= Previous() is { } previous ? _plain with { Previous = previous } : _plain;
        return _full;
    }

    private KeyValue Pair()
    {
        ref readonly var record = ref reader.Index.Log[ordinal];
        return record.IsDelete
            ? new KeyValue(record.Key, Revision.None, new Revision(record.Main), 0, default, LeaseId.None)
            : reader.Pair(record);
    }

    // The pair at the revision before, which need not be the change before: a transaction may change a key twice.
    private KeyValue? Previous()
    {
        ref readonly var record = ref reader.Index.Log[ordinal];
        var before = record.Main - 1;
        if (before < reader.Compacted.Value)
        {
            return null;
        }

        ref readonly var previous = ref reader.Index.FindAt(record.Previous, before);
        return previous.IsMissing ? null : reader.Pair(previous);
    }
}
