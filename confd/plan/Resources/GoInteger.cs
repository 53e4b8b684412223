using System.Globalization;

namespace Sync.Confd.Plan.Resources;

/// <summary>Integers in Go's base-0 notation: <c>600</c>, <c>0x10</c>, <c>0o17</c>, <c>017</c>, <c>1_000</c>.</summary>
public static class GoInteger
{
    /// <summary>Reads an integer.</summary>
    /// <param name="text">An optional sign, an optional base prefix, digits with underscores between them.</param>
    /// <returns>Null when the text is no integer or does not fit 64 bits.</returns>
    /// <remarks>Source: Go's documentation of <c>strconv.ParseInt</c> with base 0.</remarks>
    public static long? Parse(string text)
    {
        var isNegative = text.StartsWith('-');
        var unsigned = text[(isNegative || text.StartsWith('+') ? 1 : 0)..].ToLowerInvariant();
        var (radix, digits) = unsigned switch
        {
            ['0', 'x', .. var rest] => (16, rest),
            ['0', 'o', .. var rest] => (8, rest),
            ['0', 'b', .. var rest] => (2, rest),
            ['0', _, ..] => (8, unsigned[1..]),
            _ => (10, unsigned),
        };

        // An underscore may stand after a base prefix and between digits, nowhere else.
        var mayLead = digits.Length < unsigned.Length;
        if (digits.Length == 0 || digits.EndsWith('_') || digits.Contains("__", StringComparison.Ordinal)
            || (digits[0] == '_' && !mayLead))
        {
            return null;
        }

        Int128 value = 0;
        foreach (var digit in digits.Where(character => character != '_'))
        {
            var number = char.IsAsciiHexDigit(digit)
                ? int.Parse([digit], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
                : radix;
            if (number >= radix)
            {
                return null;
            }

            value = (value * radix) + number;
            if (value > (Int128)long.MaxValue + 1)
            {
                return null;
            }
        }

        var signed = isNegative ? -value : value;
        return signed > long.MaxValue ? null : (long)signed;
    }
}
