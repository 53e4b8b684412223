using System.Buffers.Binary;

namespace Sync.Raft.Messages;

/// <summary>
/// Reads the fields of a message from bytes that may be anything. After the first fault every field reads as
/// 0, so callers need look at <see cref="Fault"/> only once, at the end.
/// </summary>
internal ref struct MessageReader
{
    // No log gets there, and a position below it can be counted on from without overflow.
    private const ulong ReachableMax = long.MaxValue / 2;

    private readonly ReadOnlyMemory<byte> _bytes;
    private int _offset;

    /// <summary>Begins at the first byte.</summary>
    public MessageReader(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    /// <summary>What is wrong and where, one sentence; null as long as nothing is.</summary>
    public string? Fault { get; private set; }

    private readonly int Remaining => _bytes.Length - _offset;

    /// <summary>Notes a fault, if it is the first.</summary>
    public void Fail(string fault) =>
        Fault ??= $"Malformed message: {fault}, before byte {_offset} of {_bytes.Length}.";

    /// <summary>Notes a fault unless a condition holds.</summary>
    public void Check(bool holds, string fault)
    {
        if (!holds)
        {
            Fail(fault);
        }
    }

    /// <summary>Notes a fault unless all bytes were read.</summary>
    public void CheckEnd() => Check(Remaining == 0, "bytes follow its end");

    /// <summary>Reads one byte.</summary>
    public byte Byte() => Take(1) is { Length: 1 } taken ? taken.Span[0] : default;

    /// <summary>Reads a boolean.</summary>
    public bool Boolean()
    {
        var value = Byte();
        Check(value <= 1, "a boolean is neither 0 nor 1");
        return value == 1;
    }

    /// <summary>Reads eight bytes, little-endian.</summary>
    public ulong Fixed() =>
        Take(sizeof(ulong)) is { Length: sizeof(ulong) } taken
            ? BinaryPrimitives.ReadUInt64LittleEndian(taken.Span)
            : 0;

    /// <summary>Reads one to ten bytes, seven bits each.</summary>
    public ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            if (shift == 63 && next > 1)
            {
                break;
            }

            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return Fault is null ? value : 0;
            }
        }

        Fail("a number has more than 64 bits");
        return 0;
    }

    /// <summary>Reads a term.</summary>
    public Term Term() => new(Bounded());

    /// <summary>Reads a position in the log.</summary>
    public LogIndex Index() => new(Bounded());

    /// <summary>
    /// Reads a count of elements; bounded by the bytes that remain, so that it is safe to allocate for.
    /// </summary>
    /// <param name="elementBytesMin">The size of the shortest element, in bytes.</param>
    public int Count(int elementBytesMin)
    {
        var count = Varint();
        Check(count <= (ulong)(Remaining / elementBytesMin), "more entries are announced than fit into it");
        return Fault is null ? (int)count : 0;
    }

    /// <summary>Reads a length and as many bytes, without copying them.</summary>
    public ReadOnlyMemory<byte> Payload()
    {
        var length = Varint();
        Check(length <= (ulong)Remaining, "a payload is longer than it");
        return Fault is null ? Take((int)length) : default;
    }

    /// <summary>Reads all that is left, without copying it.</summary>
    public ReadOnlyMemory<byte> Rest() => Take(Remaining);

    private ulong Bounded()
    {
        var value = Varint();
        Check(value <= ReachableMax, "a term or position is beyond any that can be reached");
        return Fault is null ? value : 0;
    }

    private ReadOnlyMemory<byte> Take(int length)
    {
        Check(length <= Remaining, "it is cut short");
        if (Fault is not null)
        {
            return default;
        }

        var taken = _bytes.Slice(_offset, length);
        _offset += length;
        return taken;
    }
}
