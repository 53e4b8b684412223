using System.Buffers;
using System.Text;
using Sync.Templates.Diagnostics;

namespace Sync.Templates.Formatting;

/// <summary>
/// Bytes being written: pooled, growing, and bounded. Writing past the bound fails the render.
/// </summary>
/// <param name="bytesMax">The bound in bytes.</param>
internal sealed class TextBuffer(int bytesMax) : IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(256);

    /// <summary>The number of bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>The most bytes the buffer takes.</summary>
    public int BytesMax { get; } = bytesMax;

    /// <summary>The bytes written so far, until the next write.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Appends bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Appends one byte.</summary>
    public void Write(byte value)
    {
        if (Length == _bytes.Length || Length == BytesMax)
        {
            Reserve(1);
        }

        _bytes[Length++] = value;
    }

    /// <summary>Appends text as UTF-8.</summary>
    public void Write(string text)
    {
        var written = Encoding.UTF8.GetBytes(text, Reserve(Encoding.UTF8.GetByteCount(text)));
        Length += written;
    }

    /// <summary>Appends a character as UTF-8; what is no Unicode scalar value becomes U+FFFD.</summary>
    public void WriteRune(int codePoint)
    {
        var rune = Rune.IsValid(codePoint) ? new Rune(codePoint) : Rune.ReplacementChar;
        Length += rune.EncodeToUtf8(Reserve(4));
    }

    /// <summary>Appends a signed integer in decimal digits.</summary>
    public void WriteDecimal(long number)
    {
        number.TryFormat(Reserve(20), out var written);
        Length += written;
    }

    /// <summary>Appends an unsigned integer in decimal digits.</summary>
    public void WriteDecimal(ulong number)
    {
        number.TryFormat(Reserve(20), out var written);
        Length += written;
    }

    /// <summary>Appends one byte several times; nothing for a count below one.</summary>
    public void Fill(byte value, int count)
    {
        if (count > 0)
        {
            Reserve(count).Slice(0, count).Fill(value);
            Length += count;
        }
    }

    /// <summary>Inserts one byte several times at a position written before.</summary>
    public void Insert(int position, byte value, int count)
    {
        Reserve(count);
        _bytes.AsSpan(position, Length - position).CopyTo(_bytes.AsSpan(position + count));
        _bytes.AsSpan(position, count).Fill(value);
        Length += count;
    }

    /// <summary>Forgets what was written after a position.</summary>
    public void Truncate(int length) => Length = length;

    /// <summary>Takes the bytes out and empties the buffer.</summary>
    public byte[] ToArray() => Written.ToArray();

    /// <inheritdoc/>
    public void Dispose()
    {
        var bytes = _bytes;
        _bytes = [];
        Length = 0;
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private Span<byte> Reserve(int count)
    {
        if (count > _bytes.Length - Length || count > BytesMax - Length)
        {
            Grow(count);
        }

        return _bytes.AsSpan(Length);
    }

    // Small writes may reserve more than they use, so the bound has that much slack.
    private void Grow(int count)
    {
        const int Slack = 32;
        var needed = (long)Length + count;
        if (needed > (long)BytesMax + Slack || Length >= BytesMax)
        {
            throw new LimitException($"the text is longer than the limit of {BytesMax} bytes");
        }

        if (needed > _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent((int)Math.Max(needed, Math.Min(2L * _bytes.Length, Array.MaxLength)));
            Written.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }
    }
}
