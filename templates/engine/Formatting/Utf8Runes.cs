using System.Buffers;
using System.Text;

namespace Sync.Templates.Formatting;

/// <summary>Characters of byte strings as Go counts them: a byte that is no UTF-8 is one character.</summary>
internal static class Utf8Runes
{
    /// <summary>The first character and its length in bytes; U+FFFD and 1 for a byte that is no UTF-8.</summary>
    public static int Decode(ReadOnlySpan<byte> text, out int length)
    {
        if (text[0] < 0x80)
        {
            length = 1;
            return text[0];
        }

        if (Rune.DecodeFromUtf8(text, out var rune, out length) == OperationStatus.Done)
        {
            return rune.Value;
        }

        length = 1;
        return Rune.ReplacementChar.Value;
    }

    /// <summary>The number of bytes of the first character.</summary>
    public static int Length(ReadOnlySpan<byte> text)
    {
        Decode(text, out var length);
        return length;
    }

    /// <summary>The number of characters.</summary>
    public static int Count(ReadOnlySpan<byte> text)
    {
        var count = 0;
        for (; !text.IsEmpty; count++)
        {
            text = text[Length(text)..];
        }

        return count;
    }

    /// <summary>Whether the first character is broken.</summary>
    public static bool IsBroken(ReadOnlySpan<byte> text) => Decode(text, out var length) == 0xFFFD && length == 1;
}
