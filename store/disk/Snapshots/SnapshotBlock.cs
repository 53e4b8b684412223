using System.Buffers.Binary;

namespace Sync.Disk.Snapshots;

/// <summary>What a block of a snapshot holds. The numbers stand in files and never change.</summary>
internal enum SnapshotBlockKind : uint
{
    /// <summary>The first block: the <see cref="SnapshotManifest"/>.</summary>
    Manifest = 1,

    /// <summary>Whole changes, one after the other, each as in a segment but with the place's seed 0.</summary>
    Changes = 2,

    /// <summary>The last block: how many changes there were (8 bytes) and the size of their records (8 bytes).</summary>
    End = 3,
}

/// <summary>How the bytes of a snapshot are laid out, whether on their way to another member or saved in a file.</summary>
/// <remarks>
/// <code>
/// offset | size | field          | encoding
/// 0      | 8    | magic          | "SYNCIMG\n"
/// 8      | 4    | format version | 1, little endian, as all numbers
/// 12     | 4    | zero           |
/// 16     |      | blocks         | manifest, changes (any number), end
///        |      | zeros          | up to a multiple of 512
///        | 32   | digest         | SHA-256 of all before
/// </code>
/// A block is:
/// <code>
/// offset | size | field        | encoding
/// 0      | 4    | checksum     | CRC-32C of bytes 4 to the end, beginning with the checksum of the block before
/// 4      | 4    | payload size |
/// 8      | 4    | kind         |
/// 12     | 4    | zero         |
/// 16     | n    | payload      |
/// </code>
/// The first block's checksum begins with that of the first 16 bytes. So the size of a snapshot leaves 32 when divided by
/// 512, which is how etcd's tools know that a digest ends it.
/// </remarks>
internal static class SnapshotBlock
{
    /// <summary>What precedes the first block.</summary>
    internal const int HeadBytes = 16;

    /// <summary>What precedes a block's payload.</summary>
    internal const int HeaderBytes = 16;

    /// <summary>The payload of the last block.</summary>
    internal const int EndBytes = 16;

    /// <summary>The digest at the end.</summary>
    internal const int DigestBytes = 32;

    /// <summary>What the digest begins at a multiple of.</summary>
    internal const int PageBytes = 512;

    /// <summary>How large a block's payload is at most, unless one change alone is larger.</summary>
    internal const int UsualPayloadBytes = 64 * 1024;

    /// <summary>The format's version.</summary>
    internal const uint FormatVersion = 1;

    private static ReadOnlySpan<byte> Magic => "SYNCIMG\n"u8;

    /// <summary>Writes what precedes the first block.</summary>
    /// <returns>What the first block's checksum begins with.</returns>
    internal static uint PutHead(Span<byte> head)
    {
        Magic.CopyTo(head);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], FormatVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(head[12..], 0);
        return Crc32C.Of(head[..HeadBytes]);
    }

    /// <summary>Whether bytes are those of a snapshot, of whatever version.</summary>
    internal static bool HasMagic(ReadOnlySpan<byte> head) => head.StartsWith(Magic);

    /// <summary>Writes the header of a block whose payload is in place.</summary>
    /// <param name="block">The whole block.</param>
    /// <param name="kind">What the payload is.</param>
    /// <param name="seed">The checksum of the block before.</param>
    /// <returns>The checksum.</returns>
    internal static uint Seal(Span<byte> block, SnapshotBlockKind kind, uint seed)
    {
        BinaryPrimitives.WriteInt32LittleEndian(block[4..], block.Length - HeaderBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(block[8..], (uint)kind);
        BinaryPrimitives.WriteUInt32LittleEndian(block[12..], 0);
        var checksum = Crc32C.Of(block[4..], seed);
        BinaryPrimitives.WriteUInt32LittleEndian(block, checksum);
        return checksum;
    }

    /// <summary>The zeros between a snapshot's last block and its digest.</summary>
    internal static int PaddingAfter(long lengthBytes) => (int)((PageBytes - (lengthBytes % PageBytes)) % PageBytes);
}
