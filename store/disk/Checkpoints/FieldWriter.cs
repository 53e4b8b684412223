using System.Buffers;
using System.Buffers.Binary;

namespace Sync.Disk.Checkpoints;

/// <summary>
/// Writes numbers (little endian), bytes (a size of 4 bytes before them) and lists (a count of 4 bytes before them) one
/// after the other.
/// </summary>
internal sealed class FieldWriter
{
    private readonly ArrayBufferWriter<byte> _content = new(1024);

    /// <summary>All that was written.</summary>
    internal ReadOnlySpan<byte> Written => _content.WrittenSpan;

    /// <summary>Bytes as they are, without their size.</summary>
    internal void PutRaw(ReadOnlySpan<byte> bytes) => _content.Write(bytes);

    internal void Put(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_content.GetSpan(sizeof(uint)), value);
        _content.Advance(sizeof(uint));
    }

    internal void Put(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_content.GetSpan(sizeof(ulong)), value);
        _content.Advance(sizeof(ulong));
    }

    internal void Put(long value) => Put((ulong)value);

    internal void Put(ReadOnlySpan<byte> bytes)
    {
        Put((uint)bytes.Length);
        _content.Write(bytes);
    }

    internal void PutList<T>(IReadOnlyCollection<T> elements, Action<FieldWriter, T> put)
    {
        Put((uint)elements.Count);
        foreach (var element in elements)
        {
            put(this, element);
        }
    }
}
