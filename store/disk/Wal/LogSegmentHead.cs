using System.Buffers.Binary;

namespace Sync.Disk.Wal;

/// <summary>The first block of a log segment: which use of which file it is.</summary>
/// <param name="Directory">The data directory's number, see <see cref="DirectoryIdentity.Number"/>.</param>
/// <param name="Sequence">Counts the segments of a log from 1; a file that is used again gets a new one.</param>
/// <param name="SegmentBytes">The file's size.</param>
/// <remarks>
/// <code>
/// offset | size | field          | encoding
/// 0      | 8    | magic          | "SYNCLOG\n"
/// 8      | 4    | format version | 1, little endian, as all numbers
/// 12     | 4    | segment bytes  |
/// 16     | 8    | directory      |
/// 24     | 8    | sequence       |
/// 32     | 4    | checksum       | CRC-32C of the bytes before
/// 36     | 4060 | zero           |
/// </code>
/// The head is durable before the first record of the same use is written.
/// </remarks>
internal sealed record LogSegmentHead(ulong Directory, long Sequence, int SegmentBytes)
{
    /// <summary>The block's size; no record shares it, so that writing one can never tear the head.</summary>
    internal const int SizeBytes = 4096;

    private const uint FormatVersion = 1;
    private const int ChecksumOffset = 32;

    /// <summary>
    /// What the checksums of this use's records begin with. Two uses differ in it, so that a record of an earlier
    /// use never passes for one of this.
    /// </summary>
    internal uint Seed
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, Directory);
            BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], Sequence);
            return Crc32C.Of(bytes);
        }
    }

    private static ReadOnlySpan<byte> Magic => "SYNCLOG\n"u8;

    /// <summary>The block's bytes.</summary>
    internal byte[] Encode()
    {
        var block = new byte[SizeBytes];
        Magic.CopyTo(block);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(8), FormatVersion);
        BinaryPrimitives.WriteInt32LittleEndian(block.AsSpan(12), SegmentBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(block.AsSpan(16), Directory);
        BinaryPrimitives.WriteInt64LittleEndian(block.AsSpan(24), Sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(
            block.AsSpan(ChecksumOffset), Crc32C.Of(block.AsSpan(0, ChecksumOffset)));
        return block;
    }

    /// <summary>Reads the head of a segment and checks that the file is the one that its name says.</summary>
    /// <exception cref="DamageException">It is not.</exception>
    /// <exception cref="DataDirectoryException">It is another directory's, or a newer release wrote it.</exception>
    internal static LogSegmentHead Read(IDiskFile file, ulong directory, long sequence)
    {
        var block = new byte[SizeBytes];
        var count = file.Read(block, 0);
        if (count < SizeBytes || !block.AsSpan(0, 8).SequenceEqual(Magic))
        {
            throw Damage(file, 0, "this is no head of a log segment");
        }

        if (Crc32C.Of(block.AsSpan(0, ChecksumOffset))
            != BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(ChecksumOffset)))
        {
            throw Damage(file, 0, "the head of the log segment fails its check");
        }

        FormatVersions.Require(file.Path, BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(8)), FormatVersion);
        var head = new LogSegmentHead(
            BinaryPrimitives.ReadUInt64LittleEndian(block.AsSpan(16)),
            BinaryPrimitives.ReadInt64LittleEndian(block.AsSpan(24)),
            BinaryPrimitives.ReadInt32LittleEndian(block.AsSpan(12)));
        if (head.Directory != directory)
        {
            throw new DataDirectoryException(
                file.Path,
                "it is another data directory's; name the folders that belong together with --data-dir and --wal-dir");
        }

        if (head.Sequence != sequence)
        {
            throw Damage(file, 24, "the file belongs to another place in this log");
        }

        if (block.AsSpan(ChecksumOffset + 4).ContainsAnyExcept((byte)0))
        {
            throw Damage(file, ChecksumOffset + 4, "the head of the log segment is not zero where it must be");
        }

        var length = file.LengthBytes;
        return length == head.SegmentBytes
            ? head
            : throw Damage(file, Math.Min(length, head.SegmentBytes),
                $"the file has {length} bytes and was made with {head.SegmentBytes}");
    }

    private static DamageException Damage(IDiskFile file, long offset, string fault) =>
        new(file.Path, offset, fault, DamageException.UsualRemedy);
}
