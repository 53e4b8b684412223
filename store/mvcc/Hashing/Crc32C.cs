using System.Buffers.Binary;
using System.Numerics;

namespace Sync.Mvcc.Hashing;

/// <summary>A running CRC-32C (Castagnoli, reflected, begun and ended with all bits turned).</summary>
/// Source: RFC 3720, section 12.1.
internal struct Crc32C
{
    private uint _turned;

    /// <summary>The checksum of all bytes so far; 0 of none.</summary>
    public readonly uint Value => _turned;

    /// <summary>Adds bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        var crc = ~_turned;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var part in bytes)
        {
            crc = BitOperations.Crc32C(crc, part);
        }

        _turned = ~crc;
    }
}
