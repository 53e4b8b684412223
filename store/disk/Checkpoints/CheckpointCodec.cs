using System.Buffers.Binary;
using Sync.Disk.Segments;

namespace Sync.Disk.Checkpoints;

/// <summary>How a checkpoint is written in its file.</summary>
/// <remarks>
/// All numbers are little endian; "list" is a count of 4 bytes and the elements.
/// <code>
/// field             | encoding
/// magic             | "SYNCCHK\n"
/// format version    | 4 bytes, 2
/// origin            | 4 bytes: 0 the member's own, 1 installed from a snapshot
/// directory         | 8 bytes
/// number            | 8 bytes, counts the checkpoints of the directory
/// state             | see <see cref="StateCodec"/>
/// segments          | list of segment: 4 bytes, length: 4 bytes; in order of revision
/// checksum          | 4 bytes, CRC-32C of all before
/// </code>
/// </remarks>
internal static class CheckpointCodec
{
    private const uint FormatVersion = 2;
    private const int ChecksumBytes = 4;

    private static ReadOnlySpan<byte> Magic => "SYNCCHK\n"u8;

    /// <summary>Writes a checkpoint.</summary>
    internal static byte[] Encode(Checkpoint checkpoint, ulong directory, long number)
    {
        var content = new FieldWriter();
        content.PutRaw(Magic);
        content.Put(FormatVersion);
        content.Put(checkpoint.IsInstalled ? 1u : 0u);
        content.Put(directory);
        content.Put(number);
        StateCodec.Put(content, checkpoint);
        content.PutList(checkpoint.Segments, (writer, extent) =>
        {
            writer.Put((uint)extent.Segment);
            writer.Put(extent.LengthBytes);
        });
        content.Put(Crc32C.Of(content.Written));
        return content.Written.ToArray();
    }

    /// <summary>Reads a checkpoint.</summary>
    /// <param name="path">The file's path, for messages.</param>
    /// <param name="content">The file's content.</param>
    /// <param name="directory">The data directory that it must be of.</param>
    /// <param name="number">The number that it must have.</param>
    /// <exception cref="DamageException">The file is damaged.</exception>
    /// <exception cref="DataDirectoryException">A newer release wrote it.</exception>
    internal static Checkpoint Decode(string path, ReadOnlySpan<byte> content, ulong directory, long number)
    {
        if (content.Length < Magic.Length + ChecksumBytes
            || !content.StartsWith(Magic)
            || Crc32C.Of(content[..^ChecksumBytes]) != BinaryPrimitives.ReadUInt32LittleEndian(content[^ChecksumBytes..]))
        {
            throw new DamageException(path, 0, "the checkpoint fails its check", DamageException.UsualRemedy);
        }

        try
        {
            return Decode(path, new FieldReader(content[Magic.Length..^ChecksumBytes]), directory, number);
        }
        catch (Exception fault) when (fault is ArgumentException or OverflowException or FormatException)
        {
            throw new DamageException(
                path, 0, "the checkpoint's check holds, and its content makes no sense", DamageException.UsualRemedy);
        }
        catch (NotSupportedException refusal)
        {
            throw new DataDirectoryException(path, refusal.Message);
        }
    }

    private static Checkpoint Decode(string path, FieldReader reader, ulong directory, long number)
    {
        FormatVersions.Require(path, reader.TakeUInt32(), FormatVersion);
        var origin = reader.TakeUInt32();
        if (reader.TakeUInt64() != directory || reader.TakeInt64() != number)
        {
            throw new DamageException(
                path, 16, "the checkpoint is of another data directory or place", DamageException.UsualRemedy);
        }

        var state = StateCodec.Take(ref reader);
        var extents = new SegmentExtent[reader.TakeCount(2 * sizeof(uint))];
        for (var extent = 0; extent < extents.Length; extent++)
        {
            extents[extent] = new SegmentExtent((int)reader.TakeUInt32(), reader.TakeUInt32());
        }

        return origin <= 1 && reader.IsAtEnd
            ? state with { Segments = extents, IsInstalled = origin == 1 }
            : throw new ArgumentException("The checkpoint is of an unknown form.");
    }
}
