using System.Buffers.Binary;
using Sync.Disk.Segments;
using Sync.Raft;

namespace Sync.Disk;

/// <summary>Whose data a directory holds. It never changes.</summary>
/// <param name="ClusterId">The cluster.</param>
/// <param name="Member">The member.</param>
/// <param name="Group">The Raft group.</param>
/// <param name="Incarnation">The group's life.</param>
/// <remarks>
/// As the file <c>sync/identity</c>:
/// <code>
/// offset | size | field          | encoding
/// 0      | 8    | magic          | "SYNCIDT\n"
/// 8      | 4    | format version | 1, little endian, as all numbers
/// 12     | 4    | zero           |
/// 16     | 8    | cluster        |
/// 24     | 8    | member         |
/// 32     | 8    | group          |
/// 40     | 8    | incarnation    |
/// 48     | 4    | checksum       | CRC-32C of the bytes before
/// 52     | 4    | zero           |
/// </code>
/// </remarks>
public sealed record DirectoryIdentity(ulong ClusterId, MemberId Member, GroupId Group, Incarnation Incarnation)
{
    private const int SizeBytes = 56;
    private const int ChecksumOffset = 48;
    private const uint FormatVersion = 1;

    private static ReadOnlySpan<byte> Magic => "SYNCIDT\n"u8;

    /// <summary>
    /// A number that stands in all files of the directory and in their checksums, so that a file which strays into
    /// another member's directory is found out.
    /// </summary>
    internal ulong Number
    {
        get
        {
            var bytes = Encode().AsSpan(0, ChecksumOffset);
            return ((ulong)Crc32C.Of(bytes) << 32) | Crc32C.Of(bytes[16..]);
        }
    }

    /// <summary>What stands in the segments of the directory.</summary>
    internal SegmentOwner SegmentOwner => new(Number, Group, Incarnation);

    /// <summary>The file's content.</summary>
    internal byte[] Encode()
    {
        var bytes = new byte[SizeBytes];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), FormatVersion);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), ClusterId);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), Member.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(32), Group.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(40), Incarnation.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(
            bytes.AsSpan(ChecksumOffset), Crc32C.Of(bytes.AsSpan(0, ChecksumOffset)));
        return bytes;
    }

    /// <summary>Reads the file.</summary>
    /// <exception cref="DamageException">It is damaged.</exception>
    /// <exception cref="DataDirectoryException">A newer release wrote it.</exception>
    internal static DirectoryIdentity Read(IDiskFile file)
    {
        // One byte more tells whether the file is longer than it should be.
        var bytes = new byte[SizeBytes + 1];
        var count = file.Read(bytes, 0);
        if (count != SizeBytes
            || !bytes.AsSpan(0, 8).SequenceEqual(Magic)
            || Crc32C.Of(bytes.AsSpan(0, ChecksumOffset))
                != BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(ChecksumOffset)))
        {
            throw new DamageException(
                file.Path, 0, "it does not tell whose data this is", DamageException.UsualRemedy);
        }

        FormatVersions.Require(file.Path, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)), FormatVersion);
        var identity = new DirectoryIdentity(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(16)),
            new MemberId(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(24))),
            new GroupId(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(32))),
            new Incarnation(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(40))));
        return identity.Encode().AsSpan().SequenceEqual(bytes.AsSpan(0, SizeBytes))
            ? identity
            : throw new DamageException(
                file.Path, 12, "it is not zero where it must be", DamageException.UsualRemedy);
    }
}
