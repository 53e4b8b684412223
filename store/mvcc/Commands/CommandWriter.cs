using System.Buffers;

namespace Sync.Mvcc.Commands;

/// <summary>Writes the parts of a command: numbers of seven bits a byte, lowest first, and counted bytes.</summary>
internal readonly struct CommandWriter(IBufferWriter<byte> output)
{
    private const int NumberSizeMax = 10;

    /// <summary>One byte.</summary>
    public void Byte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    /// <summary>A number that is not negative.</summary>
    public void Number(ulong value)
    {
        var span = output.GetSpan(NumberSizeMax);
        var size = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[size++] = (byte)(value | 0x80);
        }

        span[size++] = (byte)value;
        output.Advance(size);
    }

    /// <summary>A number of either sign: small ones of both signs are short.</summary>
    public void Signed(long value) => Number((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Bytes after their count.</summary>
    public void Bytes(ReadOnlyMemory<byte> value)
    {
        Number((ulong)value.Length);
        output.Write(value.Span);
    }
}
