using System.Globalization;
using System.Text;

namespace Sync.Templates.Formatting;

/// <summary>Strings and characters in the quotes of Go source.</summary>
/// <remarks>Source: Go package strconv, functions Quote, QuoteToASCII, QuoteRune, CanBackquote, IsPrint.</remarks>
internal static class QuotedText
{
    /// <summary>Appends a double-quoted string; bytes that are not UTF-8 are written as <c>\xff</c>.</summary>
    public static void AppendString(TextBuffer buffer, ReadOnlySpan<byte> text, bool asciiOnly)
    {
        buffer.Write((byte)'"');
        while (!text.IsEmpty)
        {
            var rune = Utf8Runes.Decode(text, out var length);
            if (Utf8Runes.IsBroken(text))
            {
                AppendHex(buffer, "\\x"u8, text[0], 2);
            }
            else
            {
                AppendEscaped(buffer, rune, '"', asciiOnly);
            }

            text = text[length..];
        }

        buffer.Write((byte)'"');
    }

    /// <summary>Appends a single-quoted character.</summary>
    public static void AppendRune(TextBuffer buffer, int codePoint, bool asciiOnly)
    {
        buffer.Write((byte)'\'');
        AppendEscaped(buffer, Rune.IsValid(codePoint) ? codePoint : 0xFFFD, '\'', asciiOnly);
        buffer.Write((byte)'\'');
    }

    /// <summary>A double-quoted string as text, as <c>%q</c> prints it.</summary>
    public static string Quote(ReadOnlySpan<byte> text)
    {
        using var buffer = new TextBuffer(int.MaxValue);
        AppendString(buffer, text, asciiOnly: false);
        return ByteText.Decode(buffer.Written);
    }

    /// <summary>A double-quoted string as text, as <c>%q</c> prints it.</summary>
    public static string Quote(string text) => Quote(ByteText.Encode(text));

    /// <summary>Whether text can stand between backquotes: one line, no backquote, valid, no byte order mark.</summary>
    public static bool CanBackquote(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            var rune = Utf8Runes.Decode(text, out var length);
            if (Utf8Runes.IsBroken(text) || rune is 0xFEFF or 0x7F or '`' || (rune < ' ' && rune != '\t'))
            {
                return false;
            }

            text = text[length..];
        }

        return true;
    }

    /// <summary>Whether a character is shown as it is: letters, marks, numbers, punctuation, symbols, the space.</summary>
    public static bool IsPrintable(int codePoint) =>
        codePoint == ' ' || (Rune.IsValid(codePoint) && CharUnicodeInfo.GetUnicodeCategory(codePoint) is not
            (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator));

    /// <summary>A character as <c>%#U</c> prints it: <c>U+0040 '@'</c>.</summary>
    public static string CodePoint(int codePoint) =>
        IsPrintable(codePoint)
            ? string.Create(CultureInfo.InvariantCulture, $"U+{codePoint:X4} '{char.ConvertFromUtf32(codePoint)}'")
            : string.Create(CultureInfo.InvariantCulture, $"U+{codePoint:X4}");

    private static void AppendEscaped(TextBuffer buffer, int rune, char quote, bool asciiOnly)
    {
        if (rune == quote || rune == '\\')
        {
            buffer.Write((byte)'\\');
            buffer.Write((byte)rune);
            return;
        }

        if (rune < 0x80 ? IsPrintable(rune) : !asciiOnly && IsPrintable(rune))
        {
            buffer.WriteRune(rune);
            return;
        }

        switch (rune)
        {
            case '\a': buffer.Write("\\a"u8); break;
            case '\b': buffer.Write("\\b"u8); break;
            case '\f': buffer.Write("\\f"u8); break;
            case '\n': buffer.Write("\\n"u8); break;
            case '\r': buffer.Write("\\r"u8); break;
            case '\t': buffer.Write("\\t"u8); break;
            case '\v': buffer.Write("\\v"u8); break;
            case < ' ' or 0x7f: AppendHex(buffer, "\\x"u8, rune, 2); break;
            case < 0x10000: AppendHex(buffer, "\\u"u8, rune, 4); break;
            default: AppendHex(buffer, "\\U"u8, rune, 8); break;
        }
    }

    private static void AppendHex(TextBuffer buffer, ReadOnlySpan<byte> prefix, int number, int digits)
    {
        buffer.Write(prefix);
        for (var shift = 4 * (digits - 1); shift >= 0; shift -= 4)
        {
            buffer.Write("0123456789abcdef"u8[(number >> shift) & 15]);
        }
    }
}
