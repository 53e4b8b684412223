using System.Globalization;
using System.Numerics;

namespace Sync.Templates.Formatting;

/// <summary>Numbers read from text in Go's syntax: prefixes, underscores between digits, hexadecimal floats.</summary>
/// <remarks>Source: Go package strconv, functions ParseInt, ParseUint (base 0) and ParseFloat.</remarks>
internal static class NumberText
{
    /// <summary>Reads an unsigned integer of 64 bits; no sign is allowed.</summary>
    public static bool TryUnsigned(string text, out ulong number)
    {
        number = 0;
        var (digits, numberBase) = Prefix(text);
        if (digits.Length == 0 || (text.Contains('_', StringComparison.Ordinal) && !UnderscoresSeparate(text)))
        {
            return false;
        }

        foreach (var symbol in digits)
        {
            if (symbol == '_')
            {
                continue;
            }

            var digit = char.IsAsciiHexDigit(symbol) ? Convert.ToInt32(symbol.ToString(), 16) : 99;
            var next = (UInt128)number * (ulong)numberBase + (ulong)digit;
            if (digit >= numberBase || next > ulong.MaxValue)
            {
                return false;
            }

            number = (ulong)next;
        }

        return true;
    }

    /// <summary>Reads a signed integer of 64 bits.</summary>
    public static bool TrySigned(string text, out long number)
    {
        number = 0;
        var isNegative = text.StartsWith('-');
        if (!TryUnsigned(isNegative || text.StartsWith('+') ? text[1..] : text, out var magnitude)
            || magnitude > (isNegative ? 1UL << 63 : long.MaxValue))
        {
            return false;
        }

        number = unchecked(isNegative ? -(long)magnitude : (long)magnitude);
        return true;
    }

    /// <summary>Reads a float of 64 bits; a number out of range is refused.</summary>
    public static bool TryFloat(string text, out double number)
    {
        number = 0;
        if (text.Contains('_', StringComparison.Ordinal) && !UnderscoresSeparate(text))
        {
            return false;
        }

        var plain = text.Replace("_", "", StringComparison.Ordinal);
        if (TrySpecial(plain, out number))
        {
            return true;
        }

        var unsigned = plain.TrimStart('+', '-');
        if (plain.Length - unsigned.Length > 1)
        {
            return false;
        }

        if (unsigned.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return TryHexadecimal(unsigned[2..], plain.StartsWith('-'), out number);
        }

        return unsigned.Length > 0 && unsigned.All(symbol => char.IsAsciiDigit(symbol) || symbol is '.' or 'e' or 'E' or '+' or '-')
            && double.TryParse(plain, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture, out number)
            && !double.IsInfinity(number);
    }

    private static bool TrySpecial(string text, out double number)
    {
        number = text.ToUpperInvariant() switch
        {
            "INF" or "+INF" or "INFINITY" or "+INFINITY" => double.PositiveInfinity,
            "-INF" or "-INFINITY" => double.NegativeInfinity,
            "NAN" => double.NaN,
            _ => 0,
        };
        return number != 0;
    }

    private static bool TryHexadecimal(string text, bool isNegative, out double number)
    {
        number = 0;
        var mark = text.AsSpan().IndexOfAny('p', 'P');
        if (mark < 0 || !int.TryParse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent))
        {
            return false;
        }

        var point = text.IndexOf('.', StringComparison.Ordinal);
        var digits = text[..mark].Replace(".", "", StringComparison.Ordinal);
        if (digits.Length == 0 || !digits.All(char.IsAsciiHexDigit) || text.AsSpan(0, mark).Count('.') > 1)
        {
            return false;
        }

        var mantissa = BigInteger.Parse("0" + digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        var fractionDigits = point < 0 ? 0 : mark - point - 1;
        number = Scale(mantissa, (long)exponent - 4L * fractionDigits);
        number = isNegative ? -number : number;
        return !double.IsInfinity(number);
    }

    // Rounds mantissa * 2^exponent to the nearest double, ties to even.
    private static double Scale(BigInteger mantissa, long exponent)
    {
        if (mantissa.IsZero)
        {
            return 0;
        }

        var bits = (long)mantissa.GetBitLength();
        var top = bits + exponent;
        if (top > 1100)
        {
            return double.PositiveInfinity;
        }

        if (top < -1100)
        {
            return 0;
        }

        // Bits below the precision, of which subnormal numbers have fewer.
        var kept = Math.Min(53, top + 1074);
        var dropped = bits - kept;
        if (dropped > 0)
        {
            var remainder = mantissa & ((BigInteger.One << (int)dropped) - 1);
            var half = BigInteger.One << (int)(dropped - 1);
            mantissa >>= (int)dropped;
            exponent += dropped;
            if (remainder > half || (remainder == half && !mantissa.IsEven))
            {
                mantissa += 1;
            }
        }

        return Math.ScaleB((double)mantissa, (int)exponent);
    }

    private static (string Digits, int NumberBase) Prefix(string text) => text switch
    {
        ['0', 'x' or 'X', .. var digits] => (digits, 16),
        ['0', 'b' or 'B', .. var digits] => (digits, 2),
        ['0', 'o' or 'O', .. var digits] => (digits, 8),
        ['0', _, ..] => (text[1..], 8),
        _ => (text, 10),
    };

    // Underscores stand between digits, or between a prefix and a digit.
    private static bool UnderscoresSeparate(string text)
    {
        var last = '^';
        var unsigned = text.TrimStart('+', '-');
        var start = 0;
        var isHexadecimal = false;
        if (unsigned.Length >= 2 && unsigned[0] == '0' && char.ToLowerInvariant(unsigned[1]) is 'b' or 'o' or 'x')
        {
            start = 2;
            last = '0';
            isHexadecimal = char.ToLowerInvariant(unsigned[1]) == 'x';
        }

        foreach (var symbol in unsigned[start..])
        {
            if (char.IsAsciiDigit(symbol) || (isHexadecimal && char.IsAsciiHexDigit(symbol)))
            {
                last = '0';
            }
            else if (symbol == '_')
            {
                if (last != '0')
                {
                    return false;
                }

                last = '_';
            }
            else
            {
                if (last == '_')
                {
                    return false;
                }

                last = '!';
            }
        }

        return last != '_';
    }
}
