using Sync.Raft;
using Sync.Raft.Log;

namespace Sync.Disk.Wal;

/// <summary>One group's part of the <see cref="WriteAheadLog"/>: what the group appends and reads back.</summary>
/// <remarks>
/// Owned by the thread that runs the group's consensus core. Each appending call returns a ticket; what it appended
/// is durable once <see cref="WriteAheadLog.Sync"/> has returned that ticket or a later one.
/// </remarks>
public sealed class GroupLog : ILogReader
{
    private readonly WriteAheadLog _log;
    private readonly EntryIndex _index;

    // For each segment that holds entries, oldest first, the highest one: says when the segment is not needed.
    private readonly List<(long Sequence, ulong Highest)> _highest;

    // Written by the thread that syncs.
    private ulong _durableLast;
    private ulong _durableDropped;

    internal GroupLog(WriteAheadLog log, RecoveredGroup recovered)
    {
        _log = log;
        _index = recovered.Index;
        _highest = recovered.Highest;
        Group = recovered.Group;
        Incarnation = recovered.Incarnation;
        HardState = recovered.HardState;
        _durableLast = _index.Last.Value;
        _durableDropped = _index.Dropped.Value;
    }

    /// <summary>Whose log it is.</summary>
    public GroupId Group { get; }

    /// <summary>The group's life.</summary>
    public Incarnation Incarnation { get; }

    /// <summary>The last hard state appended or found at the start.</summary>
    public HardState HardState { get; private set; }

    /// <inheritdoc/>
    public LogIndex FirstIndex => _index.Dropped.Next;

    /// <inheritdoc/>
    public LogIndex LastIndex =>
        LogIndex.Max(_index.Dropped, LogIndex.Min(_index.Last, new LogIndex(Volatile.Read(ref _durableLast))));

    /// <summary>Where the entries lie.</summary>
    internal EntryIndex Index => _index;

    /// <summary>How far the log reaches, durable or not.</summary>
    internal GroupReach Reach => new(this, _index.Last.Value, _index.Dropped.Value);

    /// <summary>Appends what a <see cref="Ready"/> has to write. No I/O: it goes into the batch being filled.</summary>
    /// <param name="entries">
    /// Entries without a gap. The first one replaces what the log holds at its position and after it.
    /// </param>
    /// <param name="hardState">The hard state to write after them; null when it is as last written.</param>
    /// <returns>The ticket.</returns>
    /// <exception cref="InvariantException">The entries leave a gap, or one is larger than a segment.</exception>
    /// <exception cref="DiskFailureException">The disk has failed before.</exception>
    public long Append(ReadOnlySpan<Entry> entries, HardState? hardState)
    {
        lock (_log.Gate)
        {
            _log.RequireUsable();
            if (entries.Length > 0)
            {
                TruncateFrom(entries[0].Index);
            }

            foreach (var entry in entries)
            {
                Append(entry);
            }

            if (hardState is not null)
            {
                if (hardState.Term < HardState.Term || hardState.Commit > _index.Last)
                {
                    throw Invariant.Broken($"{hardState} goes on from {HardState}, with entries up to {_index.Last}");
                }

                _log.Filling.PutHardState(this, hardState);
                HardState = hardState;
            }

            _index.Forget(_log.RecentBytesMax, new LogIndex(Volatile.Read(ref _durableLast)));
            return _log.Filled(this);
        }
    }

    /// <summary>About how many bytes of the log's files the entries <c>(after, last]</c> take; what is dropped takes none.</summary>
    public long BytesOf(LogIndex after, LogIndex last)
    {
        var first = LogIndex.Max(after, _index.Dropped).Next;
        if (first > LogIndex.Min(last, _index.Last))
        {
            return 0;
        }

        lock (_log.Gate)
        {
            var end = last < _index.Last ? _log.Filling.PositionOf(_index[last.Next]) : _log.Filling.End;
            return end - _log.Filling.PositionOf(_index[first]);
        }
    }

    /// <summary>The first position after which the entries up to <paramref name="last"/> take no more than a limit.</summary>
    public LogIndex FirstWithin(LogIndex last, long bytesMax)
    {
        var (low, high) = (_index.Dropped.Value, Math.Max(_index.Dropped.Value, last.Value));
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = BytesOf(new LogIndex(middle), last) <= bytesMax ? (low, middle) : (middle + 1, high);
        }

        return new LogIndex(low);
    }

    /// <summary>Drops the entries up to a position from the front. Whole segments below it are used again.</summary>
    /// <param name="index">Applied, in a durable checkpoint, and not past <see cref="LastIndex"/>.</param>
    /// <returns>The ticket.</returns>
    /// <exception cref="InvariantException">The position is before the first entry or after the last.</exception>
    public long DropThrough(LogIndex index)
    {
        var term = TermAt(index);
        return term is { } known
            ? Drop(index, known)
            : throw Invariant.Broken($"entry {index} is in the log, to be dropped");
    }

    /// <summary>
    /// Drops all entries: the log goes on after a snapshot, whose checkpoint is durable. Term and vote stay.
    /// </summary>
    /// <param name="index">The last entry that the snapshot holds, not before the last committed one.</param>
    /// <param name="term">Its term.</param>
    /// <returns>The ticket.</returns>
    /// <exception cref="InvariantException">Entries after the snapshot are committed or dropped.</exception>
    public long Reset(LogIndex index, Term term)
    {
        if (index < _index.Dropped || index < HardState.Commit)
        {
            throw Invariant.Broken(
                $"a snapshot at {index} is not older than the log: dropped {_index.Dropped}, commit {HardState.Commit}");
        }

        lock (_log.Gate)
        {
            _log.RequireUsable();

            // The low-water mark drops what is up to the snapshot. Should a crash keep the truncation alone, nothing
            // that is committed may be missing.
            var others = LogIndex.Max(_index.Dropped, HardState.Commit).Next;
            if (_index.Last > index)
            {
                TruncateFrom(others);
            }

            return Drop(index, term);
        }
    }

    /// <inheritdoc/>
    public Term? TermAt(LogIndex index) => index > LastIndex ? null : _index.TermAt(index);

    /// <inheritdoc/>
    /// <exception cref="DamageException">An entry that was read back is not what was written.</exception>
    public ReadOnlyMemory<Entry> Read(LogIndex start, LogIndex until, long bytesMax)
    {
        if (start < FirstIndex || start >= until || until > _index.Last.Next)
        {
            throw Invariant.Broken($"[{start}, {until}) lies in the log [{FirstIndex}, {_index.Last.Next})");
        }

        var entries = new Entry[Fitting(start, until, bytesMax)];
        for (var position = 0; position < entries.Length; position++)
        {
            ref readonly var place = ref _index[start + position];
            entries[position] = place.Entry ?? _log.ReadBack(this, start + position, place);
        }

        return entries;
    }

    /// <summary>Takes note that the log is durable up to a reach. The syncing thread.</summary>
    internal void BecomeDurable(in GroupReach reach)
    {
        Volatile.Write(ref _durableDropped, reach.Dropped);
        Volatile.Write(ref _durableLast, reach.Last);
    }

    /// <summary>Whether nobody needs a segment for this group. Under the gate.</summary>
    internal bool IsDoneWith_NeedsGate(long sequence)
    {
        var durableDropped = Volatile.Read(ref _durableDropped);
        while (_highest.Count > 0 && _highest[0].Sequence <= sequence && _highest[0].Highest <= durableDropped)
        {
            _highest.RemoveAt(0);
        }

        return _highest.Count == 0 || _highest[0].Sequence > sequence;
    }

    private int Fitting(LogIndex start, LogIndex until, long bytesMax)
    {
        var bytes = 0L;
        for (var index = start; index < until; index = index.Next)
        {
            bytes += _index[index].EntryBytes;
            if (bytes > bytesMax && index > start)
            {
                return index - start;
            }
        }

        return until - start;
    }

    private void Append(Entry entry)
    {
        if (entry.Index != _index.Last.Next)
        {
            throw Invariant.Broken($"entry {entry.Index} follows entry {_index.Last}");
        }

        var place = _log.Filling.PutEntry(this, entry);
        _index.Add(place);
        if (_highest.Count == 0 || _highest[^1].Sequence != place.Sequence)
        {
            _highest.Add((place.Sequence, entry.Index.Value));
        }
        else if (_highest[^1].Highest < entry.Index.Value)
        {
            _highest[^1] = (place.Sequence, entry.Index.Value);
        }
    }

    private void TruncateFrom(LogIndex index)
    {
        if (index <= _index.Dropped)
        {
            throw Invariant.Broken($"entry {index} is not dropped yet and can be replaced");
        }

        if (index <= _index.Last)
        {
            _log.Filling.PutTruncation(this, index);
            _index.TruncateFrom(index);
        }
    }

    private long Drop(LogIndex index, Term term)
    {
        lock (_log.Gate)
        {
            _log.RequireUsable();
            _log.Filling.PutLowWater(this, index, term);
            _index.DropThrough(index, term);
            return _log.Filled(this);
        }
    }
}
