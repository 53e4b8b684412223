using System.Text;

namespace Sync.Metad.Model.Formats;

/// <summary>
/// The order of names in YAML answers: runs of digits compare as numbers, and what is no letter comes before letters:
/// <c>_u 1 2 10 B a a-b a2 a10</c>.
/// </summary>
internal static class NaturalOrder
{
    /// <summary>Compares two names.</summary>
    /// <param name="left">One name.</param>
    /// <param name="right">The other name.</param>
    public static int Compare(string left, string right)
    {
        var (leftRunes, rightRunes) = (left.EnumerateRunes().ToArray(), right.EnumerateRunes().ToArray());
        var common = leftRunes.AsSpan().CommonPrefixLength(rightRunes);
        if (common == leftRunes.Length || common == rightRunes.Length)
        {
            return leftRunes.Length.CompareTo(rightRunes.Length);
        }

        var (first, second) = (leftRunes[common], rightRunes[common]);
        var (firstIsLetter, secondIsLetter) = (Rune.IsLetter(first), Rune.IsLetter(second));
        if (firstIsLetter || secondIsLetter)
        {
            return firstIsLetter && secondIsLetter ? first.CompareTo(second) : firstIsLetter ? 1 : -1;
        }

        var numbers = CompareNumbers(DigitsAround(leftRunes, common), DigitsAround(rightRunes, common));
        return numbers != 0 ? numbers : first.CompareTo(second);
    }

    // The whole run of digits that the first difference stands in or ends.
    private static ReadOnlySpan<Rune> DigitsAround(Rune[] runes, int at)
    {
        var (start, end) = (at, at);
        while (start > 0 && IsDigit(runes[start - 1]))
        {
            start--;
        }

        while (end < runes.Length && IsDigit(runes[end]))
        {
            end++;
        }

        return runes.AsSpan(start, end - start);
    }

    // Of two runs with the same number, the one with fewer leading zeros comes first.
    private static int CompareNumbers(ReadOnlySpan<Rune> left, ReadOnlySpan<Rune> right)
    {
        var leftDigits = left.TrimStart(new Rune('0'));
        var rightDigits = right.TrimStart(new Rune('0'));
        var order = leftDigits.Length.CompareTo(rightDigits.Length);
        if (order == 0)
        {
            order = leftDigits.SequenceCompareTo(rightDigits);
        }

        return order != 0 ? order : left.Length.CompareTo(right.Length);
    }

    private static bool IsDigit(Rune rune) => rune.Value is >= '0' and <= '9';
}
