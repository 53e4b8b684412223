using System.Text;
using Sync.Templates.Formatting;

namespace Sync.Templates.Keys;

/// <summary>
/// The patterns of <c>gets</c> and <c>getvs</c>: <c>*</c> and <c>?</c> stop at a slash, <c>[a-z]</c> and
/// <c>[^a-z]</c> are classes, a backslash takes the next character as it is.
/// </summary>
/// <remarks>Source: Go package path, function Match, as of 1.19.</remarks>
internal static class KeyGlob
{
    /// <summary>Whether a pattern is well formed.</summary>
    public static bool IsValid(ReadOnlySpan<byte> pattern)
    {
        while (!pattern.IsEmpty)
        {
            var symbol = pattern[0];
            if (symbol == '[')
            {
                if (!Class.TryRead(pattern, candidate: null, out _, out pattern))
                {
                    return false;
                }

                continue;
            }

            if (symbol == '\\')
            {
                pattern = pattern[1..];
                if (pattern.IsEmpty)
                {
                    return false;
                }
            }

            pattern = pattern[Utf8Runes.Length(pattern)..];
        }

        return true;
    }

    /// <summary>Whether a whole text matches a well-formed pattern.</summary>
    /// <remarks>A failed match goes back to the latest star only: linear in both for each star.</remarks>
    public static bool IsMatch(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> patternAfterStar = default;
        ReadOnlySpan<byte> textAtStar = default;
        var hasStar = false;
        while (true)
        {
            if (!pattern.IsEmpty && pattern[0] == '*')
            {
                pattern = pattern[1..];
                patternAfterStar = pattern;
                textAtStar = text;
                hasStar = true;
                continue;
            }

            if (pattern.IsEmpty && text.IsEmpty)
            {
                return true;
            }

            if (!pattern.IsEmpty && !text.IsEmpty && MatchesOne(pattern, text, out var nextPattern, out var nextText))
            {
                pattern = nextPattern;
                text = nextText;
                continue;
            }

            if (!hasStar || textAtStar.IsEmpty || textAtStar[0] == '/')
            {
                return false;
            }

            textAtStar = textAtStar[Utf8Runes.Length(textAtStar)..];
            pattern = patternAfterStar;
            text = textAtStar;
        }
    }

    /// <summary>The bytes that each matching text begins with.</summary>
    public static ReadOnlySpan<byte> LiteralPrefix(ReadOnlySpan<byte> pattern)
    {
        var end = pattern.IndexOfAny("*?[\\"u8);
        return end < 0 ? pattern : pattern[..end];
    }

    /// <summary>Whether a key may match; a malformed pattern may match all it could have begun to.</summary>
    public static bool MayMatch(string pattern, string key)
    {
        var (patternBytes, keyBytes) = (Encoding.UTF8.GetBytes(pattern), Encoding.UTF8.GetBytes(key));
        return !IsValid(patternBytes) || IsMatch(patternBytes, keyBytes);
    }

    private static bool MatchesOne(
        ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text,
        out ReadOnlySpan<byte> nextPattern, out ReadOnlySpan<byte> nextText)
    {
        nextText = text[Utf8Runes.Length(text)..];
        switch (pattern[0])
        {
            case (byte)'?':
                nextPattern = pattern[1..];
                return text[0] != '/';
            case (byte)'[':
                var rune = Utf8Runes.Decode(text, out _);
                return Class.TryRead(pattern, rune, out var isMember, out nextPattern) && isMember;
            case (byte)'\\':
                pattern = pattern[1..];
                break;
        }

        nextPattern = pattern[1..];
        nextText = text[1..];
        return pattern[0] == text[0];
    }

    /// <summary>A bracketed set of characters.</summary>
    private static class Class
    {
        /// <summary>Reads a set and asks whether a character is in it.</summary>
        /// <returns>False when the set is malformed.</returns>
        public static bool TryRead(
            ReadOnlySpan<byte> pattern, int? candidate, out bool isMember, out ReadOnlySpan<byte> rest)
        {
            isMember = false;
            rest = pattern[1..];
            var isNegated = rest.StartsWith("^"u8);
            rest = isNegated ? rest[1..] : rest;
            for (var ranges = 0; ; ranges++)
            {
                if (ranges > 0 && rest.StartsWith("]"u8))
                {
                    rest = rest[1..];
                    isMember ^= isNegated;
                    return true;
                }

                if (!TryReadBound(ref rest, out var low))
                {
                    return false;
                }

                var high = low;
                if (rest.StartsWith("-"u8))
                {
                    rest = rest[1..];
                    if (!TryReadBound(ref rest, out high))
                    {
                        return false;
                    }
                }

                isMember |= candidate >= low && candidate <= high;
            }
        }

        private static bool TryReadBound(ref ReadOnlySpan<byte> rest, out int bound)
        {
            bound = default;
            if (rest.IsEmpty || rest[0] is (byte)'-' or (byte)']')
            {
                return false;
            }

            if (rest[0] == '\\')
            {
                rest = rest[1..];
                if (rest.IsEmpty)
                {
                    return false;
                }
            }

            // A lone byte that is no UTF-8 cannot be a bound, as in the original.
            if (rest.IsEmpty || Utf8Runes.IsBroken(rest))
            {
                return false;
            }

            bound = Utf8Runes.Decode(rest, out var length);
            rest = rest[length..];
            return !rest.IsEmpty;
        }
    }
}
