using System.Buffers;
using System.Text;

namespace Sync.Metad.Model.Formats;

/// <summary>JSON strings as Go's encoder spells them, which clients compare byte for byte.</summary>
/// <remarks>
/// <c>&lt; &gt; &amp;</c>, U+2028 and U+2029 are <c>\uXXXX</c>; newline, return and tab have their short forms; other
/// characters are raw UTF-8; bytes that are not UTF-8 become <c>\ufffd</c> one by one.
/// </remarks>
public static class JsonText
{
    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x60).Select(value => (byte)value).Except("\"\\<>&"u8.ToArray())]);

    /// <summary>Writes a quoted string.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="text">UTF-8, not trusted to be valid.</param>
    public static void Write(ByteBuffer buffer, ReadOnlySpan<byte> text)
    {
        buffer.Append((byte)'"');
        while (true)
        {
            var plain = text.IndexOfAnyExcept(Plain);
            if (plain < 0)
            {
                buffer.Append(text);
                break;
            }

            buffer.Append(text[..plain]);
            text = text[plain..];
            text = text[WriteEscaped(buffer, text)..];
        }

        buffer.Append((byte)'"');
    }

    private static int WriteEscaped(ByteBuffer buffer, ReadOnlySpan<byte> text)
    {
        if (text[0] < 0x80)
        {
            WriteAscii(buffer, text[0]);
            return 1;
        }

        var status = Rune.DecodeFromUtf8(text, out var rune, out var length);
        if (status != OperationStatus.Done)
        {
            buffer.Append("\\ufffd"u8);
            return 1;
        }

        buffer.Append(rune.Value switch
        {
            0x2028 => "\\u2028"u8,
            0x2029 => "\\u2029"u8,
            _ => text[..length],
        });
        return length;
    }

    private static void WriteAscii(ByteBuffer buffer, byte value)
    {
        switch (value)
        {
            case (byte)'"':
                buffer.Append("\\\""u8);
                break;
            case (byte)'\\':
                buffer.Append("\\\\"u8);
                break;
            case (byte)'\n':
                buffer.Append("\\n"u8);
                break;
            case (byte)'\r':
                buffer.Append("\\r"u8);
                break;
            case (byte)'\t':
                buffer.Append("\\t"u8);
                break;
            default:
                buffer.Append("\\u00"u8);
                buffer.Append("0123456789abcdef"u8[value >> 4]);
                buffer.Append("0123456789abcdef"u8[value & 0xF]);
                break;
        }
    }
}
