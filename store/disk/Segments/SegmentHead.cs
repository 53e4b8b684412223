using System.Buffers.Binary;
using Sync.Raft;

namespace Sync.Disk.Segments;

/// <summary>Whose changes a segment holds.</summary>
/// <param name="Directory">The data directory's number, see <see cref="DirectoryIdentity.Number"/>.</param>
/// <param name="Group">The group.</param>
/// <param name="Incarnation">The group's life.</param>
internal sealed record SegmentOwner(ulong Directory, GroupId Group, Incarnation Incarnation);

/// <summary>The first bytes of a segment file.</summary>
/// <remarks>
/// <code>
/// offset | size | field          | encoding
/// 0      | 8    | magic          | "SYNCVAL\n"
/// 8      | 4    | format version | 1, little endian, as all numbers
/// 12     | 4    | segment        |
/// 16     | 8    | directory      |
/// 24     | 8    | group          |
/// 32     | 8    | incarnation    |
/// 40     | 4    | checksum       | CRC-32C of the bytes before
/// 44     | 20   | zero           |
/// </code>
/// </remarks>
internal static class SegmentHead
{
    /// <summary>The head's size; the first change begins here.</summary>
    internal const int SizeBytes = 64;

    private const uint FormatVersion = 1;
    private const int ChecksumOffset = 40;

    private static ReadOnlySpan<byte> Magic => "SYNCVAL\n"u8;

    /// <summary>The seed of the checksum of what stands at an offset.</summary>
    internal static uint SeedAt(SegmentOwner owner, int segment, uint offset)
    {
        Span<byte> place = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(place, owner.Directory);
        BinaryPrimitives.WriteInt32LittleEndian(place[8..], segment);
        BinaryPrimitives.WriteUInt32LittleEndian(place[12..], offset);
        return Crc32C.Of(place);
    }

    /// <summary>Writes a head.</summary>
    internal static void Encode(SegmentOwner owner, int segment, Span<byte> head)
    {
        head[..SizeBytes].Clear();
        Magic.CopyTo(head);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], FormatVersion);
        BinaryPrimitives.WriteInt32LittleEndian(head[12..], segment);
        BinaryPrimitives.WriteUInt64LittleEndian(head[16..], owner.Directory);
        BinaryPrimitives.WriteUInt64LittleEndian(head[24..], owner.Group.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(head[32..], owner.Incarnation.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(head[ChecksumOffset..], Crc32C.Of(head[..ChecksumOffset]));
    }

    /// <summary>Checks the head of a file.</summary>
    /// <exception cref="DamageException">It is not the head of this segment.</exception>
    /// <exception cref="DataDirectoryException">A newer release wrote it.</exception>
    internal static void Require(IDiskFile file, SegmentOwner owner, int segment)
    {
        Span<byte> found = stackalloc byte[SizeBytes];
        Span<byte> expected = stackalloc byte[SizeBytes];
        var count = file.Read(found, 0);
        Encode(owner, segment, expected);
        if (count == SizeBytes && found.SequenceEqual(expected))
        {
            return;
        }

        var isWhole = count == SizeBytes && found[..8].SequenceEqual(Magic)
            && Crc32C.Of(found[..ChecksumOffset]) == BinaryPrimitives.ReadUInt32LittleEndian(found[ChecksumOffset..]);
        if (isWhole)
        {
            FormatVersions.Require(file.Path, BinaryPrimitives.ReadUInt32LittleEndian(found[8..]), FormatVersion);
        }

        throw new DamageException(
            file.Path,
            0,
            isWhole ? "it is a segment of another data directory, group or place" : "this is no head of a segment",
            DamageException.UsualRemedy);
    }
}
