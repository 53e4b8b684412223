using System.Text;
using Sync.Templates.Formatting;

namespace Sync.Templates.Functions;

/// <summary>Upper and lower case, one character for one, the same on every machine.</summary>
/// <remarks>
/// Two letters got their upper case after Go 1.19, in Unicode 16, and have none here. Source: Go package strings, functions
/// ToUpper and ToLower; package unicode, "SpecialCase" aside.
/// </remarks>
internal static class CaseText
{
    /// <summary>The text in upper case.</summary>
    public static byte[] ToUpper(ReadOnlySpan<byte> text) => Map(text, ToUpper);

    /// <summary>The text in lower case.</summary>
    public static byte[] ToLower(ReadOnlySpan<byte> text) => Map(text, ToLower);

    /// <summary>The text with the first letter of each word in upper case and the others as they are.</summary>
    /// <remarks>Source: Go package strings, function Title.</remarks>
    public static byte[] ToTitle(ReadOnlySpan<byte> text)
    {
        var isBehindWord = false;
        return Map(text, rune =>
        {
            var mapped = isBehindWord ? rune : ToUpper(rune);
            isBehindWord = IsOfWord(rune);
            return mapped;
        });
    }

    private static bool IsOfWord(int rune) => rune < 0x80
        ? char.IsAsciiLetterOrDigit((char)rune) || rune == '_'
        : !Rune.IsValid(rune) || !Rune.IsWhiteSpace(new Rune(rune));

    /// <summary>The upper case of a character.</summary>
    public static int ToUpper(int rune) => rune switch
    {
        0x131 => 'I',
        0x17F => 'S',
        0x19B or 0x264 => rune,
        _ when !Rune.IsValid(rune) => rune,
        _ => Rune.ToUpperInvariant(new Rune(rune)).Value,
    };

    /// <summary>The lower case of a character.</summary>
    public static int ToLower(int rune) => rune switch
    {
        0x130 => 'i',
        0xA7CB or 0xA7DC => rune,
        _ when !Rune.IsValid(rune) => rune,
        _ => Rune.ToLowerInvariant(new Rune(rune)).Value,
    };

    // A broken byte becomes U+FFFD when the text is mapped at all, as in Go.
    private static byte[] Map(ReadOnlySpan<byte> text, Func<int, int> map)
    {
        using var buffer = new TextBuffer(int.MaxValue);
        while (!text.IsEmpty)
        {
            var rune = Utf8Runes.Decode(text, out var length);
            buffer.WriteRune(map(rune));
            text = text[length..];
        }

        return buffer.ToArray();
    }
}
