using System.Buffers.Binary;
using Sync.Mvcc;
using Sync.Mvcc.Changes;
using Sync.Mvcc.Leases;

namespace Sync.Disk.Segments;

/// <summary>How a change is written in a segment.</summary>
/// <remarks>
/// <code>
/// offset | size | field           | encoding
/// 0      | 4    | checksum        | CRC-32C of bytes 4 to the end, beginning with the place's seed
/// 4      | 4    | key size        | little endian, as all numbers
/// 8      | 4    | value size      |
/// 12     | 4    | kind            | 0 put, 1 delete
/// 16     | 8    | main revision   |
/// 24     | 4    | sub revision    |
/// 28     | 4    | zero            |
/// 32     | 8    | create revision |
/// 40     | 8    | version         |
/// 48     | 8    | lease           |
/// 56     | k    | key             |
/// 56 + k | v    | value           |
/// </code>
/// The place's seed is the CRC-32C of data directory (8 bytes), segment (4) and offset (4): a record that was moved
/// elsewhere fails its check.
/// </remarks>
internal static class ChangeRecord
{
    /// <summary>Size of what precedes the key.</summary>
    internal const int HeaderBytes = 56;

    /// <summary>The size of a change's record.</summary>
    internal static int SizeOf(in StoredChange change) =>
        checked(HeaderBytes + change.Header.Key.Length + change.Value.Length);

    /// <summary>Writes a record.</summary>
    internal static void Encode(in StoredChange change, Span<byte> record, uint seed)
    {
        var header = change.Header;
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], header.Key.Length);
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], change.Value.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record[12..], (uint)header.Kind);
        BinaryPrimitives.WriteInt64LittleEndian(record[16..], header.Id.Main.Value);
        BinaryPrimitives.WriteInt32LittleEndian(record[24..], header.Id.Sub);
        BinaryPrimitives.WriteUInt32LittleEndian(record[28..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(record[32..], header.CreateRevision.Value);
        BinaryPrimitives.WriteInt64LittleEndian(record[40..], header.Version);
        BinaryPrimitives.WriteInt64LittleEndian(record[48..], header.Lease.Value);
        header.Key.Span.CopyTo(record[HeaderBytes..]);
        change.Value.Span.CopyTo(record[(HeaderBytes + header.Key.Length)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(record, Crc32C.Of(record[4..], seed));
    }

    /// <summary>The whole size of the record that begins here, as its header says.</summary>
    /// <param name="header">At least <see cref="HeaderBytes"/>, else there is no record.</param>
    /// <param name="room">How many bytes it may have at most.</param>
    /// <returns>Null when no record can begin here.</returns>
    internal static int? SizeFrom(ReadOnlySpan<byte> header, long room)
    {
        if (header.Length < HeaderBytes)
        {
            return null;
        }

        var keyBytes = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        var valueBytes = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        var size = HeaderBytes + (long)keyBytes + valueBytes;
        return keyBytes < 1 || valueBytes < 0 || size > room || size > int.MaxValue ? null : (int)size;
    }

    /// <summary>Reads a record and checks every byte of it.</summary>
    /// <param name="record">Exactly its bytes; the change refers to them.</param>
    /// <param name="seed">The place's.</param>
    /// <param name="change">The change.</param>
    /// <returns>False when they are not what was written here.</returns>
    internal static bool TryDecode(ReadOnlyMemory<byte> record, uint seed, out StoredChange change)
    {
        var bytes = record.Span;
        change = default;
        if (SizeFrom(bytes, record.Length) != record.Length
            || Crc32C.Of(bytes[4..], seed) != BinaryPrimitives.ReadUInt32LittleEndian(bytes)
            || !TryDecodeHeader(record, out var header))
        {
            return false;
        }

        change = new StoredChange(header, record[(HeaderBytes + header.Key.Length)..]);
        return true;
    }

    /// <summary>Reads header and key, which must be known to be sound.</summary>
    /// <returns>False when they are of another format.</returns>
    internal static bool TryDecodeHeader(ReadOnlyMemory<byte> record, out ChangeHeader header)
    {
        var bytes = record.Span;
        var kind = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        header = new ChangeHeader(
            record.Slice(HeaderBytes, BinaryPrimitives.ReadInt32LittleEndian(bytes[4..])),
            new ChangeId(
                new Revision(BinaryPrimitives.ReadInt64LittleEndian(bytes[16..])),
                BinaryPrimitives.ReadInt32LittleEndian(bytes[24..])),
            (ChangeKind)kind,
            new Revision(BinaryPrimitives.ReadInt64LittleEndian(bytes[32..])),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
            new LeaseId(BinaryPrimitives.ReadInt64LittleEndian(bytes[48..])));
        return kind <= (uint)ChangeKind.Delete;
    }
}
