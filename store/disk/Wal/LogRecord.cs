using System.Buffers.Binary;
using Sync.Raft;
using Sync.Raft.Log;

namespace Sync.Disk.Wal;

/// <summary>The header of a log record, and how records are laid out.</summary>
/// <param name="Checksum">CRC-32C of all the other bytes, beginning with the segment's seed.</param>
/// <param name="PayloadBytes">The payload's size without padding.</param>
/// <param name="Previous">The checksum of the record before it in the segment; 0 for the first.</param>
/// <param name="BatchStart">An offset in the segment: all before it was durable when this was written.</param>
/// <param name="Kind">What the payload is.</param>
/// <param name="Group">The group it is about; 0 for none.</param>
/// <param name="Incarnation">The group's life; 0 for no group.</param>
/// <remarks>
/// <code>
/// offset | size | field        | encoding
/// 0      | 4    | checksum     | CRC-32C of bytes 4 to the end, padding included
/// 4      | 4    | payload size |
/// 8      | 4    | previous     |
/// 12     | 4    | batch start  |
/// 16     | 1    | kind         |
/// 17     | 7    | zero         |
/// 24     | 8    | group        |
/// 32     | 8    | incarnation  |
/// 40     | n    | payload      | padded with zeros to a multiple of 8
/// </code>
/// </remarks>
internal readonly record struct LogRecord(
    uint Checksum, int PayloadBytes, uint Previous, uint BatchStart, LogRecordKind Kind, ulong Group, ulong Incarnation)
{
    /// <summary>Size of the header.</summary>
    internal const int HeaderBytes = 40;

    /// <summary>Size of what precedes an entry's own payload.</summary>
    internal const int EntryPrefixBytes = 24;

    /// <summary>Every record begins at a multiple of this.</summary>
    internal const int Alignment = 8;

    /// <summary>The whole size of a record.</summary>
    internal static int SizeOf(int payloadBytes) =>
        HeaderBytes + ((payloadBytes + Alignment - 1) & ~(Alignment - 1));

    /// <summary>This record's whole size.</summary>
    internal int SizeBytes => SizeOf(PayloadBytes);

    /// <summary>Writes header and padding around a payload that is in place.</summary>
    /// <param name="record">The whole record.</param>
    /// <param name="header">All but the checksum.</param>
    /// <param name="seed">The segment's.</param>
    /// <returns>The checksum.</returns>
    internal static uint Seal(Span<byte> record, in LogRecord header, uint seed)
    {
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], header.PayloadBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(record[8..], header.Previous);
        BinaryPrimitives.WriteUInt32LittleEndian(record[12..], header.BatchStart);
        BinaryPrimitives.WriteUInt64LittleEndian(record[16..], (byte)header.Kind);
        BinaryPrimitives.WriteUInt64LittleEndian(record[24..], header.Group);
        BinaryPrimitives.WriteUInt64LittleEndian(record[32..], header.Incarnation);
        record[(HeaderBytes + header.PayloadBytes)..].Clear();
        var checksum = Crc32C.Of(record[4..], seed);
        BinaryPrimitives.WriteUInt32LittleEndian(record, checksum);
        return checksum;
    }

    /// <summary>Reads a header without believing it.</summary>
    /// <param name="bytes">At least <see cref="HeaderBytes"/>, else there is no record.</param>
    /// <param name="offset">Where they stand in the segment.</param>
    /// <param name="end">Where the segment ends.</param>
    /// <param name="header">What they say.</param>
    /// <returns>False when no record can begin here.</returns>
    internal static bool TryReadHeader(ReadOnlySpan<byte> bytes, long offset, long end, out LogRecord header)
    {
        header = default;
        if (bytes.Length < HeaderBytes)
        {
            return false;
        }

        var kind = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        var payloadBytes = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        if (kind is < (byte)LogRecordKind.Start or > (byte)LogRecordKind.Base
            || payloadBytes > end - offset - HeaderBytes)
        {
            return false;
        }

        header = new LogRecord(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            (int)payloadBytes,
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
            (LogRecordKind)kind,
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]));
        return header.BatchStart <= offset && header.SizeBytes <= end - offset;
    }

    /// <summary>Whether the whole record's bytes are what was written.</summary>
    internal static bool IsSound(ReadOnlySpan<byte> record, in LogRecord header, uint seed) =>
        record.Length == header.SizeBytes && Crc32C.Of(record[4..], seed) == header.Checksum;

    /// <summary>Writes an entry as a payload.</summary>
    internal static void PutEntry(Span<byte> payload, Entry entry)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(payload, entry.Term.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[8..], entry.Index.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[16..], (ulong)entry.Kind);
        entry.Payload.Span.CopyTo(payload[EntryPrefixBytes..]);
    }

    /// <summary>Reads an entry from a sound payload.</summary>
    /// <param name="payload">Its bytes; the entry refers to them.</param>
    /// <returns>Null when they are no entry of this format.</returns>
    internal static Entry? GetEntry(ReadOnlyMemory<byte> payload)
    {
        if (payload.Length < EntryPrefixBytes)
        {
            return null;
        }

        var span = payload.Span;
        var kind = BinaryPrimitives.ReadUInt64LittleEndian(span[16..]);
        return kind > (ulong)EntryKind.Configuration
            ? null
            : new Entry(
                new Term(BinaryPrimitives.ReadUInt64LittleEndian(span)),
                new LogIndex(BinaryPrimitives.ReadUInt64LittleEndian(span[8..])),
                (EntryKind)kind,
                payload[EntryPrefixBytes..]);
    }
}
