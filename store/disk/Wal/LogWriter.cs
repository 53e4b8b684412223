using System.Buffers.Binary;
using Sync.Raft;
using Sync.Raft.Log;

namespace Sync.Disk.Wal;

/// <summary>
/// Turns what groups append into records at the log's end: it knows the end's place and the checksum that the next
/// record is chained to, and goes over to the next segment when one is full. No I/O.
/// </summary>
/// <remarks>Used under the log's gate.</remarks>
internal sealed class LogWriter
{
    private readonly ulong _directory;
    private readonly int _segmentBytes;
    private readonly IReadOnlyList<GroupLog> _groups;

    private LogBatch _batch = new();
    private LogBatch _idle = new();
    private long _sequence;
    private uint _seed;
    private uint _offset;
    private uint _previous;
    private uint _batchStart;

    /// <summary>A writer that goes on at <paramref name="end"/>.</summary>
    internal LogWriter(ulong directory, int segmentBytes, IReadOnlyList<GroupLog> groups, LogEnd end)
    {
        _directory = directory;
        _segmentBytes = segmentBytes;
        _groups = groups;
        _sequence = end.Sequence;
        _seed = SeedOf(end.Sequence);
        _offset = end.Offset;
        _previous = end.Previous;
        _batchStart = end.Offset;
    }

    /// <summary>The batch being filled.</summary>
    internal LogBatch Batch => _batch;

    /// <summary>Appends an entry.</summary>
    /// <returns>Where it lies.</returns>
    internal EntryPlace PutEntry(GroupLog group, Entry entry)
    {
        var payloadBytes = LogRecord.EntryPrefixBytes + entry.Payload.Length;
        var record = Begin(payloadBytes);
        LogRecord.PutEntry(record[LogRecord.HeaderBytes..], entry);
        var place = new EntryPlace(entry.Term, _sequence, _offset, payloadBytes, entry);
        Seal(record, LogRecordKind.Entry, group, payloadBytes);
        return place;
    }

    /// <summary>Appends a hard state.</summary>
    internal void PutHardState(GroupLog group, HardState state)
    {
        const int payloadBytes = 24;
        var record = Begin(payloadBytes);
        SealHardState(record, group, state, payloadBytes);
    }

    /// <summary>Appends that entries from a position on do not count any more.</summary>
    internal void PutTruncation(GroupLog group, LogIndex from)
    {
        const int payloadBytes = 8;
        var record = Begin(payloadBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(record[LogRecord.HeaderBytes..], from.Value);
        Seal(record, LogRecordKind.Truncation, group, payloadBytes);
    }

    /// <summary>Appends that entries up to a position are not needed any more.</summary>
    internal void PutLowWater(GroupLog group, LogIndex index, Term term)
    {
        const int payloadBytes = 16;
        var record = Begin(payloadBytes);
        var payload = record[LogRecord.HeaderBytes..];
        BinaryPrimitives.WriteUInt64LittleEndian(payload, index.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[8..], term.Value);
        Seal(record, LogRecordKind.LowWater, group, payloadBytes);
    }

    /// <summary>Appends the mark that all before is durable.</summary>
    internal void PutMark() => Seal(Begin(0), LogRecordKind.Mark, null, 0);

    /// <summary>Appends what a segment begins with: the link to the one before, then each group's state.</summary>
    /// <param name="previousEnd">The checksum of the last record of the segment before; 0 for the first segment.</param>
    internal void PutStart(uint previousEnd)
    {
        const int payloadBytes = 16;
        var record = Reserve(payloadBytes);
        BinaryPrimitives.WriteInt64LittleEndian(record[LogRecord.HeaderBytes..], _sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(record[(LogRecord.HeaderBytes + 8)..], previousEnd);
        Seal(record, LogRecordKind.Start, null, payloadBytes);
        foreach (var group in _groups)
        {
            SealBase(Reserve(32), group, 32);
            SealHardState(Reserve(24), group, group.HardState, 24);
        }
    }

    /// <summary>Whether a mark fits without going over to the next segment.</summary>
    internal bool HasRoomForMark => _offset + LogRecord.SizeOf(0) + LogRecord.SizeOf(0) <= _segmentBytes;

    /// <summary>How much of the segment at the log's end is filled, in bytes.</summary>
    internal uint Offset => _offset;

    /// <summary>Where the next record goes, in bytes of all segments since the first one ever.</summary>
    internal long End => (_sequence * _segmentBytes) + _offset;

    /// <summary>Where an entry lies, counted as <see cref="End"/> is.</summary>
    internal long PositionOf(in EntryPlace place) => (place.Sequence * _segmentBytes) + place.Offset;

    /// <summary>Hands the filled batch over and begins the next one, which is written after this one is durable.</summary>
    internal LogBatch Take()
    {
        _batchStart = _offset;
        return Swap();
    }

    /// <summary>Hands over a batch that is not synced before the next one is written.</summary>
    internal LogBatch TakeUnsynced() => Swap();

    private LogBatch Swap()
    {
        var filled = _batch;
        _batch = _idle;
        _batch.Clear();
        _idle = filled;
        return filled;
    }

    private Span<byte> Begin(int payloadBytes)
    {
        var room = _segmentBytes - LogRecord.SizeOf(0);
        if (_offset + (long)LogRecord.SizeOf(payloadBytes) > room)
        {
            Roll();
            if (_offset + (long)LogRecord.SizeOf(payloadBytes) > room)
            {
                throw Invariant.Broken($"a payload of {payloadBytes} B fits in a segment of {_segmentBytes} B");
            }
        }

        return Reserve(payloadBytes);
    }

    private void Roll()
    {
        Seal(Reserve(0), LogRecordKind.End, null, 0);
        var previousEnd = _previous;
        _sequence++;
        _seed = SeedOf(_sequence);
        _offset = LogSegmentHead.SizeBytes;
        _batchStart = _offset;
        _previous = 0;
        PutStart(previousEnd);
    }

    private Span<byte> Reserve(int payloadBytes)
    {
        if (_batch.Pieces.Count == 0 || _batch.Pieces[^1].Sequence != _sequence)
        {
            _batch.Pieces.Add(new LogPiece(_sequence, _offset, _batch.Count, 0));
        }

        return _batch.Reserve(LogRecord.SizeOf(payloadBytes));
    }

    private void Seal(Span<byte> record, LogRecordKind kind, GroupLog? group, int payloadBytes)
    {
        var header = new LogRecord(
            0, payloadBytes, _previous, _batchStart, kind, group?.Group.Value ?? 0, group?.Incarnation.Value ?? 0);
        _previous = LogRecord.Seal(record, header, _seed);
        _offset += (uint)record.Length;
    }

    private void SealHardState(Span<byte> record, GroupLog group, HardState state, int payloadBytes)
    {
        var payload = record[LogRecord.HeaderBytes..];
        BinaryPrimitives.WriteUInt64LittleEndian(payload, state.Term.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[8..], state.Vote.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[16..], state.Commit.Value);
        Seal(record, LogRecordKind.HardState, group, payloadBytes);
    }

    private void SealBase(Span<byte> record, GroupLog group, int payloadBytes)
    {
        var payload = record[LogRecord.HeaderBytes..];
        BinaryPrimitives.WriteUInt64LittleEndian(payload, group.Index.Dropped.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[8..], group.Index.DroppedTerm.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[16..], group.Index.Last.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[24..], group.Index.LastTerm.Value);
        Seal(record, LogRecordKind.Base, group, payloadBytes);
    }

    private uint SeedOf(long sequence) => new LogSegmentHead(_directory, sequence, _segmentBytes).Seed;
}

/// <summary>Where a log ends.</summary>
/// <param name="Sequence">The segment.</param>
/// <param name="Offset">Where the next record goes.</param>
/// <param name="Previous">The checksum of the last record of that segment; 0 when there is none.</param>
internal readonly record struct LogEnd(long Sequence, uint Offset, uint Previous);
