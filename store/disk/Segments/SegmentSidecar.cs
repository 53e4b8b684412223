using System.Buffers;
using System.Buffers.Binary;
using Sync.Mvcc.Changes;

namespace Sync.Disk.Segments;

/// <summary>The index of a sealed segment: its changes without their values.</summary>
/// <remarks>
/// <code>
/// offset | size | field          | encoding
/// 0      | 8    | magic          | "SYNCIDX\n"
/// 8      | 4    | format version | 1, little endian, as all numbers
/// 12     | 4    | segment        |
/// 16     | 8    | directory      |
/// 24     | 4    | length         | of the segment, head included
/// 28     | 4    | body checksum  | CRC-32C of the body
/// 32     | 4    | checksum       | CRC-32C of the bytes before
/// 36     | 4    | zero           |
/// 40     |      | body           | each change's record as in the segment, without its value
/// </code>
/// An index that is missing, damaged or of another length is made anew from the segment, each byte of which is
/// checked meanwhile. It is never needed for anything but speed.
/// </remarks>
internal static class SegmentSidecar
{
    private const int HeadBytes = 40;
    private const uint FormatVersion = 1;

    private static ReadOnlySpan<byte> Magic => "SYNCIDX\n"u8;

    /// <summary>Makes the index of a segment by reading it.</summary>
    /// <exception cref="DamageException">The segment is damaged.</exception>
    internal static ReadOnlyMemory<byte> Make(SegmentOwner owner, ChangeSegment segment, uint length)
    {
        var content = new ArrayBufferWriter<byte>(HeadBytes + 4096);
        content.GetSpan(HeadBytes)[..HeadBytes].Clear();
        content.Advance(HeadBytes);
        foreach (var (record, change, _) in segment.Scan(length))
        {
            content.Write(record.Span[..(ChangeRecord.HeaderBytes + change.Header.Key.Length)]);
        }

        var bytes = new byte[content.WrittenCount];
        content.WrittenSpan.CopyTo(bytes);
        WriteHead(bytes, owner, segment.Number, length);
        return bytes;
    }

    /// <summary>Reads an index.</summary>
    /// <param name="file">Its file.</param>
    /// <param name="owner">Whose it must be.</param>
    /// <param name="segment">The segment that it must be of.</param>
    /// <param name="length">The valid length that the segment must have.</param>
    /// <returns>The changes without values and their locations; null when the index is of no use.</returns>
    internal static List<(ChangeHeader Header, ChangeLocation Location)>? Read(
        IDiskFile file, SegmentOwner owner, int segment, uint length)
    {
        var content = new byte[file.LengthBytes];
        if (content.Length < HeadBytes || file.Read(content, 0) < content.Length)
        {
            return null;
        }

        var expected = new byte[HeadBytes];
        WriteHead(expected, content.AsSpan(HeadBytes), owner, segment, length);
        return content.AsSpan(0, HeadBytes).SequenceEqual(expected) ? Changes(content, segment, length) : null;
    }

    private static List<(ChangeHeader Header, ChangeLocation Location)>? Changes(
        ReadOnlyMemory<byte> content, int segment, uint length)
    {
        var changes = new List<(ChangeHeader Header, ChangeLocation Location)>();
        var place = HeadBytes;
        uint offset = SegmentHead.SizeBytes;
        while (place < content.Length)
        {
            var rest = content[place..];
            var size = ChangeRecord.SizeFrom(rest.Span, length - offset);
            if (size is null || !ChangeRecord.TryDecodeHeader(rest, out var header))
            {
                return null;
            }

            changes.Add((header, new ChangeLocation(segment, offset, size.Value)));
            offset += (uint)size.Value;
            place += ChangeRecord.HeaderBytes + header.Key.Length;
        }

        return offset == length ? changes : null;
    }

    private static void WriteHead(Span<byte> content, SegmentOwner owner, int segment, uint length) =>
        WriteHead(content, content[HeadBytes..], owner, segment, length);

    private static void WriteHead(
        Span<byte> head, ReadOnlySpan<byte> body, SegmentOwner owner, int segment, uint length)
    {
        Magic.CopyTo(head);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], FormatVersion);
        BinaryPrimitives.WriteInt32LittleEndian(head[12..], segment);
        BinaryPrimitives.WriteUInt64LittleEndian(head[16..], owner.Directory);
        BinaryPrimitives.WriteUInt32LittleEndian(head[24..], length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[28..], Crc32C.Of(body));
        BinaryPrimitives.WriteUInt32LittleEndian(head[32..], Crc32C.Of(head[..32]));
        head[36..HeadBytes].Clear();
    }
}
