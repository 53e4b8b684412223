using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>
/// Alters what a stopped member holds, as no crash can: a value is another one, and every checksum is right. So nothing but
/// a comparison with other members can find it.
/// </summary>
/// <remarks>Source: store/FORMAT.md, segments.</remarks>
internal static class AlteredValue
{
    private const int HeadBytes = 64;
    private const int ChangeBytes = 56;

    /// <summary>Gives a key's newest change another value.</summary>
    /// <param name="dataDirectory">The member's.</param>
    /// <param name="key">The key; its change must be in a segment that a checkpoint names.</param>
    /// <param name="value">As long as the value that it takes the place of.</param>
    public static void Write(string dataDirectory, string key, string value)
    {
        var path = Directory.EnumerateFiles(Path.Combine(dataDirectory, "sync", "segments"), "*.values").Single();
        var segment = File.ReadAllBytes(path);
        var offset = FindNewest(segment, Encoding.UTF8.GetBytes(key));
        var change = segment.AsSpan(offset, SizeAt(segment, offset));
        var stored = change[(ChangeBytes + Encoding.UTF8.GetByteCount(key))..];
        stored.Length.Should().Be(Encoding.UTF8.GetByteCount(value));

        Encoding.UTF8.GetBytes(value, stored);
        BinaryPrimitives.WriteUInt32LittleEndian(change, Checksum(change[4..], PlaceSeed(segment, offset)));
        File.WriteAllBytes(path, segment);
    }

    private static int FindNewest(byte[] segment, byte[] key)
    {
        var newest = -1;
        for (var offset = HeadBytes; SizeAt(segment, offset) is > 0 and var size; offset += size)
        {
            var change = segment.AsSpan(offset, size);
            var keyBytes = BinaryPrimitives.ReadInt32LittleEndian(change[4..]);
            newest = change.Slice(ChangeBytes, keyBytes).SequenceEqual(key) ? offset : newest;
        }

        newest.Should().BePositive("the segment holds the key");
        return newest;
    }

    // 0 where no change begins: keys have at least one byte.
    private static int SizeAt(byte[] segment, int offset)
    {
        if (segment.Length - offset < ChangeBytes)
        {
            return 0;
        }

        var keyBytes = BinaryPrimitives.ReadInt32LittleEndian(segment.AsSpan(offset + 4));
        var valueBytes = BinaryPrimitives.ReadInt32LittleEndian(segment.AsSpan(offset + 8));
        return keyBytes == 0 ? 0 : ChangeBytes + keyBytes + valueBytes;
    }

    // Of directory number, segment and offset.
    private static uint PlaceSeed(byte[] segment, int offset)
    {
        Span<byte> place = stackalloc byte[16];
        segment.AsSpan(16, 8).CopyTo(place);
        segment.AsSpan(12, 4).CopyTo(place[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(place[12..], offset);
        return Checksum(place, seed: 0);
    }

    // CRC-32C.
    private static uint Checksum(ReadOnlySpan<byte> bytes, uint seed)
    {
        var state = ~seed;
        foreach (var octet in bytes)
        {
            state = BitOperations.Crc32C(state, octet);
        }

        return ~state;
    }
}
