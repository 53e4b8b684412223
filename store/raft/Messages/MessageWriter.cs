using System.Buffers;
using System.Buffers.Binary;

namespace Sync.Raft.Messages;

/// <summary>Writes the fields of a message.</summary>
/// <param name="output">Where the bytes go.</param>
internal readonly ref struct MessageWriter(IBufferWriter<byte> output)
{
    private const int VarintBytesMax = 10;

    /// <summary>Writes one byte.</summary>
    public void Byte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    /// <summary>Writes a boolean as one byte.</summary>
    public void Boolean(bool value) => Byte(value ? (byte)1 : (byte)0);

    /// <summary>Writes eight bytes, little-endian.</summary>
    public void Fixed(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(output.GetSpan(sizeof(ulong)), value);
        output.Advance(sizeof(ulong));
    }

    /// <summary>Writes one to ten bytes, seven bits each, the lowest first.</summary>
    public void Varint(ulong value)
    {
        var span = output.GetSpan(VarintBytesMax);
        var length = 0;
        while (value >= 0x80)
        {
            span[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[length++] = (byte)value;
        output.Advance(length);
    }

    /// <summary>Writes bytes as they are.</summary>
    public void Bytes(ReadOnlySpan<byte> bytes) => output.Write(bytes);
}
