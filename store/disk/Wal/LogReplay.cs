using System.Buffers.Binary;
using Sync.Raft;

namespace Sync.Disk.Wal;

/// <summary>Rebuilds what each group has from the records of the log, in order.</summary>
/// <remarks>Faults are clauses that say what is wrong with a record although its check holds; null means none.</remarks>
internal sealed class LogReplay
{
    private readonly IReadOnlyList<RecoveredGroup> _groups;
    private readonly long _recentBytesMax;

    internal LogReplay(IReadOnlyList<RecoveredGroup> groups, long recentBytesMax)
    {
        _groups = groups;
        _recentBytesMax = recentBytesMax;
    }

    /// <summary>Checks the first record of a segment.</summary>
    /// <param name="payload">The record's payload.</param>
    /// <param name="sequence">The segment.</param>
    /// <param name="previousEnd">The checksum that ends the segment before; null when that one is gone.</param>
    internal static string? FaultOfStart(ReadOnlySpan<byte> payload, long sequence, uint? previousEnd)
    {
        if (payload.Length != 16 || BinaryPrimitives.ReadInt64LittleEndian(payload) != sequence)
        {
            return "the segment begins as another one";
        }

        return previousEnd is { } checksum && BinaryPrimitives.ReadUInt64LittleEndian(payload[8..]) != checksum
            ? "the segment does not go on where the one before ends"
            : null;
    }

    /// <summary>Takes in a record that is not the first of its segment.</summary>
    internal string? Apply(in LogRecord record, ReadOnlyMemory<byte> payload, long sequence, uint offset)
    {
        if (record.Kind is LogRecordKind.Mark or LogRecordKind.End)
        {
            return payload.Length == 0 ? null : "a record has a payload that should have none";
        }

        var (groupId, incarnation) = (record.Group, record.Incarnation);
        var group = _groups.FirstOrDefault(
            group => group.Group.Value == groupId && group.Incarnation.Value == incarnation);
        return group is null
            ? $"the record is of group {groupId}, incarnation {incarnation}, which this member does not have"
            : record.Kind switch
            {
                LogRecordKind.Entry => ApplyEntry(group, payload, sequence, offset),
                LogRecordKind.HardState => ApplyHardState(group, payload.Span),
                LogRecordKind.Truncation => ApplyTruncation(group, payload.Span),
                LogRecordKind.LowWater => ApplyLowWater(group, payload.Span),
                LogRecordKind.Base => ApplyBase(group, payload.Span),
                _ => "a segment begins in the middle of another",
            };
    }

    /// <summary>Checks, at the end, that what was found of each group fits together.</summary>
    /// <exception cref="DamageException">It does not.</exception>
    internal void RequireComplete(string path, uint offset)
    {
        foreach (var group in _groups.Where(group => group.Index.Dropped > (group.LowWater ?? LogIndex.None)))
        {
            throw new DamageException(
                path, offset, $"entries of group {group.Group} up to {group.Index.Dropped} are missing, and only those up "
                + $"to {group.LowWater} may be", DamageException.UsualRemedy);
        }

        foreach (var group in _groups.Where(group => group.HardState.Commit > group.Index.Last))
        {
            throw new DamageException(
                path, offset, $"group {group.Group} has committed entry {group.HardState.Commit}, and its log ends "
                + $"with {group.Index.Last}", DamageException.UsualRemedy);
        }
    }

    private string? ApplyEntry(RecoveredGroup group, ReadOnlyMemory<byte> payload, long sequence, uint offset)
    {
        if (LogRecord.GetEntry(payload) is not { } entry)
        {
            return "an entry has an unknown form";
        }

        if (entry.Index != group.Index.Last.Next)
        {
            return $"entry {entry.Index} follows entry {group.Index.Last}";
        }

        // The payload belongs to the window it was read through.
        var kept = entry with { Payload = entry.Payload.ToArray() };
        group.Index.Add(new EntryPlace(entry.Term, sequence, offset, payload.Length, kept));
        group.Index.Forget(_recentBytesMax, group.Index.Last);
        if (group.Highest.Count == 0 || group.Highest[^1].Sequence != sequence)
        {
            group.Highest.Add((sequence, entry.Index.Value));
        }
        else if (group.Highest[^1].Highest < entry.Index.Value)
        {
            group.Highest[^1] = (sequence, entry.Index.Value);
        }

        return null;
    }

    private static string? ApplyHardState(RecoveredGroup group, ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 24)
        {
            return "a hard state has an unknown form";
        }

        var state = new HardState(
            new Term(BinaryPrimitives.ReadUInt64LittleEndian(payload)),
            new MemberId(BinaryPrimitives.ReadUInt64LittleEndian(payload[8..])),
            new LogIndex(BinaryPrimitives.ReadUInt64LittleEndian(payload[16..])));
        if (state.Term < group.HardState.Term)
        {
            return $"the term goes back from {group.HardState.Term} to {state.Term}";
        }

        group.HardState = state;
        return null;
    }

    private static string? ApplyTruncation(RecoveredGroup group, ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 8)
        {
            return "a truncation has an unknown form";
        }

        var from = new LogIndex(BinaryPrimitives.ReadUInt64LittleEndian(payload));
        if (from <= group.LowWater || from > group.Index.Last)
        {
            return $"entries from {from} on are truncated, and the log ends with {group.Index.Last}";
        }

        if (from > group.Index.Dropped)
        {
            group.Index.TruncateFrom(from);
        }
        else
        {
            group.Index.Restart(from.Previous, Term.None);
        }

        return null;
    }

    private static string? ApplyLowWater(RecoveredGroup group, ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 16)
        {
            return "a low-water mark has an unknown form";
        }

        var index = new LogIndex(BinaryPrimitives.ReadUInt64LittleEndian(payload));
        var term = new Term(BinaryPrimitives.ReadUInt64LittleEndian(payload[8..]));
        if (index < group.LowWater)
        {
            return $"the low-water mark goes back from {group.LowWater} to {index}";
        }

        group.LowWater = index;
        if (index >= group.Index.Dropped)
        {
            group.Index.DropThrough(index, term);
        }

        return null;
    }

    private static string? ApplyBase(RecoveredGroup group, ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 32)
        {
            return "a base has an unknown form";
        }

        var dropped = new LogIndex(BinaryPrimitives.ReadUInt64LittleEndian(payload));
        var last = new LogIndex(BinaryPrimitives.ReadUInt64LittleEndian(payload[16..]));
        if (group.LowWater is { } lowWater)
        {
            return lowWater == dropped && group.Index.Last == last
                ? null
                : $"the segment goes on with entries ({dropped}, {last}], and those before it end with "
                    + $"({lowWater}, {group.Index.Last}]";
        }

        group.LowWater = dropped;
        group.Index.DropThrough(last, new Term(BinaryPrimitives.ReadUInt64LittleEndian(payload[24..])));
        return null;
    }
}
