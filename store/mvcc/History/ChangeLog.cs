using Sync.Mvcc.Changes;

namespace Sync.Mvcc.History;

/// <summary>
/// Every held change of every key, in order of <see cref="ChangeId"/>, by an ordinal that counts from 0 in this
/// process. Appending costs one copy of the record; removing and moving copy one chunk a batch.
/// </summary>
/// <remarks>One writer; views are read by any thread and stay as they were.</remarks>
internal sealed class ChangeLog
{
    private LogDirectory _directory = new(batch: 0, size: 1);
    private long _batch;
    private long _count;

    /// <summary>The log as it is now.</summary>
    public ChangeLogView Current => new(_directory, _count);

    /// <summary>How many changes are held.</summary>
    public long HeldCount { get; private set; }

    /// <summary>The size of the held changes' records in the store, in bytes.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>How many chunks there are, counting those of which nothing is left.</summary>
    public long ChunkCount => (_count + LogChunk.Size - 1) >> LogChunk.Bits;

    /// <summary>The log as it is now, for readers to keep.</summary>
    public ChangeLogView Publish()
    {
        _batch++;
        return Current;
    }

    /// <summary>Adds a change, linking it to the one before of its key.</summary>
    /// <param name="record">The change; its links are set here.</param>
    /// <param name="previous">The ordinal of the key's newest change so far; -1 when there is none.</param>
    public void Append(ChangeRecord record, long previous)
    {
        Link(ref record, previous);
        var slot = (int)(_count & (LogChunk.Size - 1));
        var chunk = slot == 0 ? AddChunk(record.Main) : ChunkAt(_count >> LogChunk.Bits);
        chunk.Records[slot] = record;
        chunk.Removable += record.IsDelete ? 1 : 0;
        _count++;
        HeldCount++;
        HeldBytes += record.Location.Length;
    }

    /// <summary>Notes that a held change lies elsewhere.</summary>
    public void Relocate(long ordinal, ChangeLocation location)
    {
        var chunk = OwnChunk(ordinal >> LogChunk.Bits);
        ref var record = ref chunk.Records[chunk.IndexOf((int)(ordinal & (LogChunk.Size - 1)))];
        HeldBytes += location.Length - record.Location.Length;
        record.Location = location;
    }

    /// <summary>Removes records of a chunk. The caller has released them.</summary>
    /// <param name="number">The chunk.</param>
    /// <param name="removedSlots">The slots to remove, ascending.</param>
    public void Remove(long number, ReadOnlySpan<ushort> removedSlots)
    {
        var chunk = OwnChunk(number);
        foreach (var slot in removedSlots)
        {
            ref var record = ref chunk.Records[chunk.IndexOf(slot)];
            HeldCount--;
            HeldBytes -= record.Location.Length;
            record = LogChunk.None;
        }

        var left = 0;
        foreach (ref readonly var record in chunk.Records.AsSpan())
        {
            left += record.IsMissing ? 0 : 1;
        }

        var isFull = (number + 1) << LogChunk.Bits <= _count;
        if (isFull && left <= LogChunk.Sparse)
        {
            SetChunk(number, left == 0 ? null : chunk.Condense(_batch, left));
        }
    }

    private void Link(ref ChangeRecord record, long previous)
    {
        var view = Current;
        ref readonly var before = ref view[previous];
        ref readonly var jump = ref view[before.Jump];
        ref readonly var farther = ref view[jump.Jump];
        record.Previous = previous;
        record.Depth = before.Depth + 1;
        record.Jump = before.Depth - jump.Depth == jump.Depth - farther.Depth ? jump.Jump : previous;
        if (!before.IsMissing)
        {
            ChunkAt(previous >> LogChunk.Bits).Removable++;
        }
    }

    // A directory or page shared with views may be filled in place behind the count of every view.
    private LogChunk AddChunk(long firstRevision)
    {
        var number = _count >> LogChunk.Bits;
        var pageNumber = (int)(number >> LogPage.Bits);
        var slot = (int)(number & (LogPage.Size - 1));
        if (pageNumber == _directory.Pages.Length)
        {
            _directory = _directory.CopyFor(_batch, pageNumber * 2);
        }

        if (slot == 0)
        {
            _directory.Pages[pageNumber] = new LogPage(_batch);
            _directory.FirstRevisions[pageNumber] = firstRevision;
        }

        var page = PageAt(pageNumber);
        var chunk = new LogChunk(_batch, new ChangeRecord[LogChunk.Size], slots: null);
        page.Chunks[slot] = chunk;
        page.FirstRevisions[slot] = firstRevision;
        return chunk;
    }

    private LogPage PageAt(int number) =>
        _directory.Pages[number] ?? throw new InvariantException("a page with a held change is held");

    private LogChunk ChunkAt(long number) =>
        Current.ChunkAt(number) ?? throw new InvariantException("a chunk with a held change is held");

    private LogChunk OwnChunk(long number)
    {
        var chunk = ChunkAt(number);
        if (chunk.Batch != _batch)
        {
            chunk = chunk.CopyFor(_batch);
            SetChunk(number, chunk);
        }

        return chunk;
    }

    private void SetChunk(long number, LogChunk? chunk)
    {
        var pageNumber = (int)(number >> LogPage.Bits);
        if (_directory.Batch != _batch)
        {
            _directory = _directory.CopyFor(_batch, _directory.Pages.Length);
        }

        var page = PageAt(pageNumber);
        if (page.Batch != _batch)
        {
            page = page.CopyFor(_batch);
            _directory.Pages[pageNumber] = page;
        }

        page.Chunks[(int)(number & (LogPage.Size - 1))] = chunk;
        var isFull = (pageNumber + 1L) << (LogPage.Bits + LogChunk.Bits) <= _count;
        if (chunk is null && isFull && Array.TrueForAll(page.Chunks, left => left is null))
        {
            _directory.Pages[pageNumber] = null;
        }
    }
}
