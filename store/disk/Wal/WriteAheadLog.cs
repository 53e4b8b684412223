using Sync.Posix;
using Sync.Raft;
using Sync.Raft.Log;

namespace Sync.Disk.Wal;

/// <summary>
/// The machine's log: all groups append to it, one write and one sync make everything durable that was appended
/// meanwhile.
/// </summary>
/// <remarks>
/// Threads: groups append on their own thread. One thread at a time calls <see cref="Write"/>, <see cref="Sync"/> and
/// <see cref="Mark"/>, in this order, over and over. One thread at a time, another if wished, calls
/// <see cref="Maintain"/>. Any failure of the disk is final: <see cref="DiskFailureException"/>, now and ever after.
/// Locks are taken in the order maintenance, gate, segments; none is held during a write or sync of the log.
/// </remarks>
public sealed class WriteAheadLog : IDisposable
{
    private readonly Lock _maintenance = new();
    private readonly Lock _segmentsGate = new();
    private readonly LogFolder _folder;
    private readonly FailStop _failStop;
    private readonly int _segmentBytes;
    private readonly List<GroupLog> _groups = [];
    private readonly List<long> _spares;
    private readonly LogWriter _writer;

    // Oldest first; the last one is being written. Replaced whole, so that any thread may look a segment up.
    private LogSegment[] _segments;
    private LogSegment? _prepared;

    private long _ticket;
    private LogBatch? _written;
    private long _durableTicket;
    private bool _isMarked = true;
    private long _writtenBytes;

    private WriteAheadLog(LogFolder folder, FailStop failStop, LogSettings settings, RecoveredLog recovered)
    {
        _folder = folder;
        _failStop = failStop;
        _segmentBytes = recovered.SegmentBytes;
        RecentBytesMax = settings.RecentBytesMax;
        _segments = [.. recovered.Segments];
        _prepared = recovered.Prepared;
        _spares = recovered.Spares;
        _groups.AddRange(recovered.Groups.Select(group => new GroupLog(this, group)));
        _writer = new LogWriter(recovered.Directory, _segmentBytes, _groups, recovered.End);
        if (recovered.End.Offset == LogSegmentHead.SizeBytes)
        {
            _writer.PutStart(recovered.PreviousEnd);
        }
        else
        {
            _writer.PutMark();
        }

        Write();
        Sync();
    }

    /// <summary>Whether <see cref="Maintain"/> has something to do.</summary>
    public bool NeedsMaintenance
    {
        get
        {
            lock (Gate)
            {
                lock (_segmentsGate)
                {
                    return NeedsNext_NeedsGates() || Obsolete_NeedsGates() > 0;
                }
            }
        }
    }

    /// <summary>Bytes handed to the disk since the log was opened, without those of <see cref="Maintain"/>.</summary>
    public long WrittenBytes => Volatile.Read(ref _writtenBytes);

    /// <summary>How many segments the log consists of now.</summary>
    public int SegmentCount => Volatile.Read(ref _segments).Length;

    /// <summary>Makes the log of a new data directory: one segment without records.</summary>
    internal static void Create(IDisk disk, string path, ulong directory, LogSettings settings) =>
        new LogFolder(disk, path, directory).Make(1, settings.SegmentBytes).File.Dispose();

    /// <summary>Reads a log and opens it for writing.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The log's folder.</param>
    /// <param name="directory">The data directory's number, see <see cref="DirectoryIdentity.Number"/>.</param>
    /// <param name="groups">The groups that may be in it.</param>
    /// <param name="settings">Sizes; the size of segments is kept as the log was created with.</param>
    /// <param name="failStop">Shared by all parts of the data directory.</param>
    /// <exception cref="DamageException">The log is damaged. Nothing was changed.</exception>
    internal static WriteAheadLog Open(
        IDisk disk,
        string path,
        ulong directory,
        IEnumerable<(GroupId Group, Incarnation Incarnation)> groups,
        LogSettings settings,
        FailStop failStop)
    {
        var folder = new LogFolder(disk, path, directory);
        var recovered = LogRecovery.Run(
            folder,
            directory,
            [.. groups.Select(group => new RecoveredGroup(group.Group, group.Incarnation))],
            settings.RecentBytesMax);
        return new WriteAheadLog(folder, failStop, settings, recovered);
    }

    /// <summary>Guards the batch being filled and the groups' places.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>How much of its entries a group keeps in memory.</summary>
    internal long RecentBytesMax { get; }

    /// <summary>Where groups put their records. Under the gate.</summary>
    internal LogWriter Filling => _writer;

    /// <summary>The log of a group that was named when the log was opened.</summary>
    /// <exception cref="KeyNotFoundException">The group was not named.</exception>
    public GroupLog this[GroupId group] =>
        _groups.Find(log => log.Group == group) ?? throw new KeyNotFoundException($"The log knows no group {group}.");

    /// <summary>
    /// Writes the batch that was filled since the last call; groups fill the next one meanwhile. One write, but at
    /// the end of a segment two, with a sync between.
    /// </summary>
    /// <returns>False when there was nothing to write; then <see cref="Sync"/> is not needed.</returns>
    /// <exception cref="DiskFailureException">The process must stop.</exception>
    public bool Write()
    {
        RequireUsable();
        Invariant.Require(_written is null, "each Write is followed by its Sync");
        lock (Gate)
        {
            if (_writer.Batch.Count == 0)
            {
                return false;
            }

            _written = _writer.Take();
            _written.Ticket = _ticket;
        }

        try
        {
            WritePieces(_written);
            _isMarked = false;
            return true;
        }
        catch (PosixException cause)
        {
            throw _failStop.Fail(cause);
        }
    }

    /// <summary>Makes the batch durable that was just written.</summary>
    /// <returns>The last ticket that is durable now.</returns>
    /// <exception cref="DiskFailureException">The process must stop; nothing of the batch may be acknowledged.</exception>
    public long Sync()
    {
        RequireUsable();
        if (_written is null)
        {
            return _durableTicket;
        }

        try
        {
            Current.File.Sync();
        }
        catch (PosixException cause)
        {
            throw _failStop.Fail(cause);
        }

        foreach (var reach in _written.Reaches)
        {
            reach.Log.BecomeDurable(reach);
        }

        _durableTicket = _written.Ticket;
        _written = null;
        return _durableTicket;
    }

    /// <summary>
    /// Notes in the log, without a sync, that all before was durable, so that a later start can tell damage from an
    /// unfinished write. Cheap; called when there is nothing to write for a moment.
    /// </summary>
    /// <returns>False when something waits to be written first.</returns>
    /// <exception cref="DiskFailureException">The process must stop.</exception>
    public bool Mark()
    {
        RequireUsable();
        LogBatch mark;
        lock (Gate)
        {
            if (_written is not null || _writer.Batch.Count > 0)
            {
                return false;
            }

            if (_isMarked || !_writer.HasRoomForMark)
            {
                return true;
            }

            _writer.PutMark();
            mark = _writer.TakeUnsynced();
        }

        try
        {
            WritePieces(mark);
            _isMarked = true;
            return true;
        }
        catch (PosixException cause)
        {
            throw _failStop.Fail(cause);
        }
    }

    /// <summary>Prepares the next segment and takes back segments that no group needs.</summary>
    /// <exception cref="DiskFailureException">The process must stop.</exception>
    public void Maintain()
    {
        RequireUsable();
        try
        {
            lock (_maintenance)
            {
                TakeBack();
                if (NeedsMaintenance)
                {
                    Prepare_NeedsMaintenanceLock();
                }
            }
        }
        catch (PosixException cause)
        {
            throw _failStop.Fail(cause);
        }
    }

    /// <summary>Marks the end, unless the log has failed, and closes the files. What was not synced may be lost.</summary>
    public void Dispose()
    {
        try
        {
            if (!_failStop.IsDown && _written is null)
            {
                Mark();
                Current.File.Sync();
            }
        }
        catch (IOException)
        {
            // The mark only helps the next start to tell damage apart; nothing waits for it.
        }
        finally
        {
            _prepared?.File.Dispose();
            foreach (var segment in _segments)
            {
                segment.File.Dispose();
            }
        }
    }

    /// <exception cref="DiskFailureException">The disk has failed.</exception>
    internal void RequireUsable() => _failStop.Require();

    /// <summary>Takes note that a group filled something in. Under the gate.</summary>
    /// <returns>The ticket.</returns>
    internal long Filled(GroupLog group)
    {
        _writer.Batch.Reached(group.Reach);
        return ++_ticket;
    }

    /// <summary>Reads an entry back that is no longer in memory.</summary>
    /// <exception cref="DamageException">It is not what was written.</exception>
    /// <exception cref="DiskFailureException">It could not be read.</exception>
    internal Entry ReadBack(GroupLog group, LogIndex index, in EntryPlace place)
    {
        var sequence = place.Sequence;
        var segment = Array.Find(Volatile.Read(ref _segments), segment => segment.Sequence == sequence);
        if (segment is null)
        {
            throw Invariant.Broken($"segment {sequence} of the log is there");
        }

        var record = new byte[LogRecord.SizeOf(place.PayloadBytes)];
        try
        {
            segment.File.Read(record, place.Offset);
        }
        catch (PosixException cause)
        {
            throw _failStop.Fail(cause);
        }

        var isSound = LogRecord.TryReadHeader(record, place.Offset, _segmentBytes, out var header)
            && LogRecord.IsSound(record, header, segment.Seed)
            && header.Kind == LogRecordKind.Entry && header.Group == group.Group.Value;
        var entry = isSound ? LogRecord.GetEntry(record.AsMemory(LogRecord.HeaderBytes, header.PayloadBytes)) : null;
        return entry is not null && entry.Index == index && entry.Term == place.Term
            ? entry
            : throw new DamageException(
                segment.File.Path, place.Offset, $"entry {index} is not what was written", DamageException.UsualRemedy);
    }

    private LogSegment Current => _segments[^1];

    private void WritePieces(LogBatch batch)
    {
        for (var number = 0; number < batch.Pieces.Count; number++)
        {
            var piece = batch.Pieces[number];
            var isLast = number == batch.Pieces.Count - 1;
            if (!isLast)
            {
                RequireNext();
            }

            Current.File.Write(batch[piece], piece.Offset);
            Volatile.Write(ref _writtenBytes, _writtenBytes + piece.Count);
            if (!isLast)
            {
                // The end of a segment is durable before anything stands in the next one; recovery relies on it.
                Current.File.Sync();
                Advance();
            }
        }
    }

    // Maintenance is expected to have done this long before; if it has not, it is done now.
    private void RequireNext()
    {
        lock (_segmentsGate)
        {
            if (_prepared is not null)
            {
                return;
            }
        }

        lock (_maintenance)
        {
            Prepare_NeedsMaintenanceLock();
        }
    }

    private void Prepare_NeedsMaintenanceLock()
    {
        long next;
        long? spare = null;
        lock (_segmentsGate)
        {
            if (_prepared is not null)
            {
                return;
            }

            next = Current.Sequence + 1;
            if (_spares.Count > 0)
            {
                spare = _spares[^1];
                _spares.RemoveAt(_spares.Count - 1);
            }
        }

        var made = spare is { } number ? _folder.Reuse(number, next, _segmentBytes) : _folder.Make(next, _segmentBytes);
        lock (_segmentsGate)
        {
            _prepared = made;
        }
    }

    private void Advance()
    {
        lock (_segmentsGate)
        {
            Invariant.Require(_prepared is not null, "the next segment of the log is prepared");
            Volatile.Write(ref _segments, [.. _segments, _prepared]);
            _prepared = null;
        }
    }

    // Oldest first and one by one, so that after a crash the segments that are left follow each other.
    private void TakeBack()
    {
        while (OldestObsolete() is { } oldest)
        {
            oldest.File.Dispose();
            bool isKept;
            lock (_segmentsGate)
            {
                Volatile.Write(ref _segments, _segments[1..]);
                isKept = _spares.Count == 0;
            }

            if (isKept)
            {
                _folder.Retire(oldest.Sequence);
                lock (_segmentsGate)
                {
                    _spares.Add(oldest.Sequence);
                }
            }
            else
            {
                _folder.Delete(oldest.Sequence);
            }
        }
    }

    private LogSegment? OldestObsolete()
    {
        lock (Gate)
        {
            lock (_segmentsGate)
            {
                return Obsolete_NeedsGates() > 0 ? _segments[0] : null;
            }
        }
    }

    private int Obsolete_NeedsGates()
    {
        var count = 0;
        while (count < _segments.Length - 1
            && _groups.TrueForAll(group => group.IsDoneWith_NeedsGate(_segments[count].Sequence)))
        {
            count++;
        }

        return count;
    }

    private bool NeedsNext_NeedsGates() => _prepared is null && _writer.Offset > _segmentBytes / 2;
}
