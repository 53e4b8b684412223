using System.Text;
using Sync.Templates.Formatting;

namespace Sync.Templates.GoText;

/// <summary>String and character constants in Go's syntax.</summary>
/// <remarks>Source: Go package strconv, functions Unquote and UnquoteChar.</remarks>
internal static class StringLiteral
{
    /// <summary>The bytes that a quoted or raw string stands for, or null when it is malformed.</summary>
    public static byte[]? Unquote(ReadOnlySpan<byte> literal)
    {
        var content = literal[1..^1];
        if (literal[0] == '`')
        {
            // Carriage returns do not belong to raw strings.
            return content.ToArray().Where(symbol => symbol != '\r').ToArray();
        }

        using var text = new TextBuffer(int.MaxValue);
        while (!content.IsEmpty)
        {
            if (content[0] != '\\')
            {
                // A byte that is no UTF-8 becomes U+FFFD.
                text.WriteRune(Utf8Runes.Decode(content, out var length));
                content = content[length..];
                continue;
            }

            if (!TryReadCharacter(ref content, '"', out var symbol, out var isByte))
            {
                return null;
            }

            if (isByte)
            {
                text.Write((byte)symbol);
            }
            else
            {
                text.WriteRune(symbol);
            }
        }

        return text.ToArray();
    }

    /// <summary>Reads one character or escape.</summary>
    /// <param name="content">What follows the opening quote; afterwards what follows the character.</param>
    /// <param name="quote">The quote, which must be escaped.</param>
    /// <param name="symbol">The code point or byte.</param>
    /// <param name="isByte">Whether an escape named a byte rather than a character.</param>
    public static bool TryReadCharacter(ref ReadOnlySpan<byte> content, char quote, out int symbol, out bool isByte)
    {
        isByte = false;
        symbol = 0;
        if (content.IsEmpty || content[0] == quote)
        {
            return false;
        }

        if (content[0] != '\\')
        {
            symbol = Utf8Runes.Decode(content, out var length);
            content = content[length..];
            return true;
        }

        if (content.Length < 2)
        {
            return false;
        }

        var escape = content[1];
        content = content[2..];
        switch (escape)
        {
            case (byte)'a': symbol = '\a'; return true;
            case (byte)'b': symbol = '\b'; return true;
            case (byte)'f': symbol = '\f'; return true;
            case (byte)'n': symbol = '\n'; return true;
            case (byte)'r': symbol = '\r'; return true;
            case (byte)'t': symbol = '\t'; return true;
            case (byte)'v': symbol = '\v'; return true;
            case (byte)'\\': symbol = '\\'; return true;
            case (byte)'\'' or (byte)'"':
                symbol = escape;
                return escape == quote;
            case (byte)'x':
                isByte = true;
                return TryReadHexadecimal(ref content, 2, out symbol);
            case (byte)'u':
                return TryReadHexadecimal(ref content, 4, out symbol) && Rune.IsValid(symbol);
            case (byte)'U':
                return TryReadHexadecimal(ref content, 8, out symbol) && Rune.IsValid(symbol);
            case >= (byte)'0' and <= (byte)'7':
                isByte = true;
                return TryReadOctal(escape, ref content, out symbol);
            default:
                return false;
        }
    }

    private static bool TryReadHexadecimal(ref ReadOnlySpan<byte> content, int digits, out int symbol)
    {
        symbol = 0;
        if (content.Length < digits)
        {
            return false;
        }

        for (var index = 0; index < digits; index++)
        {
            if (!char.IsAsciiHexDigit((char)content[index]))
            {
                return false;
            }

            symbol = (symbol << 4) | Convert.ToInt32(((char)content[index]).ToString(), 16);
        }

        content = content[digits..];
        return true;
    }

    private static bool TryReadOctal(byte first, ref ReadOnlySpan<byte> content, out int symbol)
    {
        symbol = first - '0';
        for (var index = 0; index < 2; index++)
        {
            if (content.Length <= index || content[index] is < (byte)'0' or > (byte)'7')
            {
                return false;
            }

            symbol = (symbol << 3) | (content[index] - '0');
        }

        content = content[2..];
        return symbol <= 255;
    }
}
