using Sync.Mvcc.Changes;
using Sync.Mvcc.Trees;

namespace Sync.Mvcc.History;

/// <summary>The keys in byte order and their changes in order of time: the whole index of the keyspace.</summary>
/// <remarks>One writer; views are read by any thread and stay as they were.</remarks>
internal sealed class ChangeIndex
{
    private readonly KeyTree<Newest> _keys = new();
    private readonly ChangeLog _log = new();

    /// <summary>The index as it is now.</summary>
    public ChangeIndexView Current => new(_keys.Current, _log.Current);

    /// <summary>How many changes are held.</summary>
    public long HeldCount => _log.HeldCount;

    /// <summary>The size of the held changes' records in the store, in bytes.</summary>
    public long HeldBytes => _log.HeldBytes;

    /// <summary>How many chunks of changes a removal has to look at.</summary>
    public long ChunkCount => _log.ChunkCount;

    /// <summary>The index as it is now, for readers to keep.</summary>
    public ChangeIndexView Publish() => new(_keys.Publish(), _log.Publish());

    /// <summary>Adds a change.</summary>
    /// <param name="change">The change; a new key is copied.</param>
    /// <param name="location">Where it lies.</param>
    public void Append(in ChangeHeader change, ChangeLocation location)
    {
        var key = change.Key.Span;
        var ordinal = _log.Current.Count;
        var previous = _keys.Current.TryFind(key, out _, out var newest) ? newest.Ordinal : -1;
        var kept = _keys.Set(key, new Newest(ordinal, change.Kind == ChangeKind.Put));
        var record = new ChangeRecord
        {
            Key = kept,
            Main = change.Id.Main.Value,
            Sub = change.Id.Sub,
            Create = change.CreateRevision.Value,
            Version = change.Version,
            Lease = change.Lease.Value,
            Location = location,
        };

        _log.Append(record, previous);
    }

    /// <summary>Notes that a change lies elsewhere.</summary>
    /// <returns>False when the change is not held.</returns>
    public bool Relocate(ReadOnlySpan<byte> key, ChangeId change, ChangeLocation location)
    {
        if (!_keys.Current.TryFind(key, out _, out var newest))
        {
            return false;
        }

        var log = _log.Current;
        var ordinal = log.FindAt(newest.Ordinal, change.Main.Value);
        while (log[ordinal].Id > change)
        {
            ordinal = log[ordinal].Previous;
        }

        if (log[ordinal].Id != change)
        {
            return false;
        }

        _log.Relocate(ordinal, location);
        return true;
    }

    /// <summary>Removes from a chunk what a compaction does not keep.</summary>
    /// <param name="number">The chunk.</param>
    /// <param name="compacted">The compaction; removes nothing after it.</param>
    /// <param name="store">Where the removed changes are released.</param>
    /// <returns>How many changes were looked at.</returns>
    public int RemoveCompacted(long number, long compacted, IChangeStore store)
    {
        if (_log.Current.ChunkAt(number) is not { Removable: > 0 } chunk)
        {
            return 0;
        }

        Span<ushort> removed = stackalloc ushort[LogChunk.Size];
        var removedCount = 0;
        var removable = 0;
        var view = Current;
        for (var slot = 0; slot < LogChunk.Size; slot++)
        {
            var ordinal = (number << LogChunk.Bits) + slot;
            ref readonly var record = ref view.Log[ordinal];
            if (record.IsMissing)
            {
                continue;
            }

            if (record.Main > compacted || view.IsKeptAt(ordinal, compacted))
            {
                removable += IsRemovableLater(view, ordinal) ? 1 : 0;
                continue;
            }

            removed[removedCount++] = (ushort)slot;
            store.Release(record.Location);
            if (record.IsDelete && IsNewest(view, ordinal))
            {
                _keys.Remove(record.Key);
                view = Current;
            }
        }

        if (removedCount > 0)
        {
            _log.Remove(number, removed[..removedCount]);
        }

        if (_log.Current.ChunkAt(number) is { } left)
        {
            left.Removable = removable;
        }

        return chunk.Records.Length;
    }

    private static bool IsRemovableLater(ChangeIndexView view, long ordinal) =>
        view.Log[ordinal].IsDelete || !IsNewest(view, ordinal);

    private static bool IsNewest(ChangeIndexView view, long ordinal) =>
        view.Keys.TryFind(view.Log[ordinal].Key, out _, out var newest) && newest.Ordinal == ordinal;
}
