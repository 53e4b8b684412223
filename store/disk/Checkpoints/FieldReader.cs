using System.Buffers.Binary;

namespace Sync.Disk.Checkpoints;

/// <summary>Takes numbers and bytes off the front of what <see cref="FieldWriter"/> wrote.</summary>
/// <remarks><see cref="ArgumentException"/> or <see cref="OverflowException"/> when they run out or make no sense.</remarks>
internal ref struct FieldReader(ReadOnlySpan<byte> rest)
{
    private ReadOnlySpan<byte> _rest = rest;

    /// <summary>Whether nothing is left.</summary>
    internal readonly bool IsAtEnd => _rest.IsEmpty;

    internal uint TakeUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    internal ulong TakeUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    internal long TakeInt64() => (long)TakeUInt64();

    /// <summary>Bytes that their size precedes.</summary>
    internal ReadOnlySpan<byte> TakeBytes() => Take(checked((int)TakeUInt32()));

    /// <summary>The count of a list whose elements have a size, bounded by what is left.</summary>
    internal int TakeCount(int elementBytes)
    {
        var count = checked((int)TakeUInt32());
        return (long)count * elementBytes <= _rest.Length
            ? count
            : throw new ArgumentException($"A list of {count} elements does not fit in {_rest.Length} bytes.");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            throw new ArgumentException($"{count} bytes were expected, and {_rest.Length} are left.");
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
