using System.Text;

namespace Sync.Metad.Model.Formats;

/// <summary>
/// The order of names in YAML answers: runs of digits compare as numbers, marks come before numbers, and letters last:
/// <c>_u 1 2 10 B a a-b a2 a10</c>. A total order: names that differ in leading zeros alone fall back on their text.
/// </summary>
internal static class NaturalOrder
{
    private enum Kind
    {
        End,
        Mark,
        Number,
        Letter,
    }

    /// <summary>Compares two names.</summary>
    /// <param name="left">One name.</param>
    /// <param name="right">The other name.</param>
    public static int Compare(string left, string right)
    {
        var (leftRest, rightRest) = (left.AsMemory(), right.AsMemory());
        while (leftRest.Length > 0 || rightRest.Length > 0)
        {
            var leftPart = Take(ref leftRest, out var leftKind);
            var rightPart = Take(ref rightRest, out var rightKind);
            var order = leftKind != rightKind ? leftKind.CompareTo(rightKind)
                : leftKind == Kind.Number ? CompareNumbers(leftPart, rightPart)
                : FirstRune(leftPart).CompareTo(FirstRune(rightPart));
            if (order != 0)
            {
                return order;
            }
        }

        return string.CompareOrdinal(left, right);
    }

    // Takes a whole run of digits, or one character.
    private static ReadOnlySpan<char> Take(ref ReadOnlyMemory<char> rest, out Kind kind)
    {
        var text = rest.Span;
        if (text.IsEmpty)
        {
            kind = Kind.End;
            return text;
        }

        var digits = text.IndexOfAnyExceptInRange('0', '9');
        var length = digits < 0 ? text.Length : digits;
        kind = Kind.Number;
        if (length == 0)
        {
            Rune.DecodeFromUtf16(text, out var rune, out length);
            kind = Rune.IsLetter(rune) ? Kind.Letter : Kind.Mark;
        }

        rest = rest[length..];
        return text[..length];
    }

    private static int CompareNumbers(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        var (leftStart, rightStart) = (Leading(left), Leading(right));
        var order = (left.Length - leftStart).CompareTo(right.Length - rightStart);
        return order != 0 ? order : left[leftStart..].SequenceCompareTo(right[rightStart..]);

        static int Leading(ReadOnlySpan<char> digits) => digits.Length - digits.TrimStart('0').Length;
    }

    private static Rune FirstRune(ReadOnlySpan<char> text)
    {
        Rune.DecodeFromUtf16(text, out var rune, out _);
        return rune;
    }
}
