namespace Sync.Metad.Model.Formats;

/// <summary>
/// Bytes that grow at the end and can be cut back: a writer puts down the start of an object and takes it away again
/// when nothing inside turned out to be visible.
/// </summary>
public sealed class ByteBuffer
{
    private byte[] _bytes;

    /// <summary>Creates an empty buffer.</summary>
    /// <param name="capacityBytes">Room to begin with.</param>
    public ByteBuffer(int capacityBytes = 256) => _bytes = new byte[Math.Max(16, capacityBytes)];

    /// <summary>How many bytes were written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written; valid until the next change.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>The same bytes as memory; valid until the next change.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, Length);

    /// <summary>Adds one byte.</summary>
    /// <param name="value">The byte.</param>
    public void Append(byte value)
    {
        if (Length == _bytes.Length)
        {
            Grow(1);
        }

        _bytes[Length++] = value;
    }

    /// <summary>Adds bytes.</summary>
    /// <param name="values">Copied.</param>
    public void Append(ReadOnlySpan<byte> values)
    {
        if (values.Length > _bytes.Length - Length)
        {
            Grow(values.Length);
        }

        values.CopyTo(_bytes.AsSpan(Length));
        Length += values.Length;
    }

    /// <summary>Adds the same byte several times.</summary>
    /// <param name="value">The byte.</param>
    /// <param name="count">How often.</param>
    public void Append(byte value, int count)
    {
        if (count > _bytes.Length - Length)
        {
            Grow(count);
        }

        _bytes.AsSpan(Length, count).Fill(value);
        Length += count;
    }

    /// <summary>Takes away what was written after a point.</summary>
    /// <param name="length">An earlier <see cref="Length"/>.</param>
    public void CutTo(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
    }

    private void Grow(int more) =>
        Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(_bytes.Length * 2L, (long)Length + more)));
}
