using System.Buffers.Binary;
using System.Numerics;

namespace Sync.Disk;

/// <summary>
/// The checksum CRC-32C (Castagnoli, polynomial 0x1EDC6F41, reflected), by the processor's own instruction.
/// </summary>
/// <remarks>
/// Two checksums of the same bytes from different seeds always differ, and so do those of two texts of one length
/// that differ in up to 32 neighbouring bits. Source: RFC 3720, appendix B.4.
/// </remarks>
internal static class Crc32C
{
    /// <summary>The checksum of <paramref name="bytes"/>.</summary>
    /// <param name="bytes">What to sum up.</param>
    /// <param name="seed">0, or the checksum of the bytes before these.</param>
    public static uint Of(ReadOnlySpan<byte> bytes, uint seed = 0)
    {
        var state = ~seed;
        while (bytes.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var octet in bytes)
        {
            state = BitOperations.Crc32C(state, octet);
        }

        return ~state;
    }
}
