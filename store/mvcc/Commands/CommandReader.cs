namespace Sync.Mvcc.Commands;

/// <summary>
/// Reads the parts of a command. The first part that is not as it must be makes the reader malformed for good;
/// every later part is then zero or empty, so that one question at the end is enough.
/// </summary>
internal sealed class CommandReader(ReadOnlyMemory<byte> input)
{
    private int _position;

    /// <summary>Whether a part was malformed.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Whether everything was read and nothing was malformed.</summary>
    public bool IsComplete => !IsMalformed && _position == input.Length;

    /// <summary>Makes the reader malformed.</summary>
    public void Refuse() => IsMalformed = true;

    /// <summary>One byte.</summary>
    public byte Byte()
    {
        if (IsMalformed || _position == input.Length)
        {
            IsMalformed = true;
            return 0;
        }

        return input.Span[_position++];
    }

    /// <summary>A number that is not negative.</summary>
    public ulong Number()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Byte();
            var isLast = (part & 0x80) == 0;
            if (shift == 63 && part > 1)
            {
                break;
            }

            value |= (ulong)(part & 0x7f) << shift;
            if (isLast)
            {
                return IsMalformed ? 0 : value;
            }
        }

        IsMalformed = true;
        return 0;
    }

    /// <summary>A number of either sign.</summary>
    public long Signed()
    {
        var value = Number();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A number of either sign that fits 32 bits.</summary>
    public int Small()
    {
        var value = Signed();
        if (value is < int.MinValue or > int.MaxValue)
        {
            IsMalformed = true;
            return 0;
        }

        return (int)value;
    }

    /// <summary>A set of flags.</summary>
    /// <param name="known">The flags that have a meaning; another one is malformed.</param>
    public byte Flags(byte known)
    {
        var flags = Byte();
        IsMalformed |= (flags & ~known) != 0;
        return flags;
    }

    /// <summary>How many parts follow, each of them at least one byte.</summary>
    public int Count()
    {
        var count = Number();
        if (count > (ulong)(input.Length - _position))
        {
            IsMalformed = true;
            return 0;
        }

        return (int)count;
    }

    /// <summary>Counted bytes, as a slice of the input.</summary>
    public ReadOnlyMemory<byte> Bytes()
    {
        var count = Count();
        var bytes = input.Slice(_position, count);
        _position += count;
        return bytes;
    }
}
