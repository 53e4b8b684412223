using System.Text;
namespace Sync.Templates.Formatting;

/// <summary>
/// Bytes as .NET text and back without loss: each byte that is not part of valid UTF-8 is the lone surrogate
/// U+DC00 plus the byte.
/// </summary>
internal static class ByteText
{
    /// <summary>Bytes as text.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            var rune = Utf8Runes.Decode(bytes, out var length);
            if (Utf8Runes.IsBroken(bytes))
            {
                text.Append((char)(0xDC00 + bytes[0]));
            }
            else
            {
                text.Append(new Rune(rune).ToString());
            }

            bytes = bytes[length..];
        }

        return text.ToString();
    }

    /// <summary>Text as bytes.</summary>
    public static byte[] Encode(ReadOnlySpan<char> text)
    {
        if (text.IndexOfAnyInRange('\uDC80', '\uDCFF') < 0)
        {
            var plain = new byte[Encoding.UTF8.GetByteCount(text)];
            Encoding.UTF8.GetBytes(text, plain);
            return plain;
        }

        using var bytes = new TextBuffer(int.MaxValue);
        while (!text.IsEmpty)
        {
            if (text[0] is >= '\uDC80' and <= '\uDCFF')
            {
                bytes.Write((byte)(text[0] - 0xDC00));
                text = text[1..];
                continue;
            }

            Rune.DecodeFromUtf16(text, out var rune, out var length);
            bytes.WriteRune(rune.Value);
            text = text[length..];
        }

        return bytes.ToArray();
    }
}
