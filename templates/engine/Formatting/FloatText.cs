using System.Globalization;
using System.Text;

namespace Sync.Templates.Formatting;

/// <summary>Floats as text, in the layouts of Go.</summary>
/// <remarks>Source: Go package strconv, function FormatFloat.</remarks>
internal static class FloatText
{
    /// <summary>Formats a float.</summary>
    /// <param name="value">The number; a 32-bit one as the same number in 64 bits.</param>
    /// <param name="layout">One of <c>b e E f F g G x X</c>.</param>
    /// <param name="precision">Digits as the layout counts them; -1 for the fewest that read back equal.</param>
    /// <param name="bits">32 or 64, the width that "read back equal" refers to.</param>
    public static string Format(double value, char layout, int precision, int bits)
    {
        if (double.IsNaN(value))
        {
            return "NaN";
        }

        if (double.IsInfinity(value))
        {
            return value > 0 ? "+Inf" : "-Inf";
        }

        var sign = double.IsNegative(value) ? "-" : "";
        var magnitude = Math.Abs(value);
        return sign + layout switch
        {
            'b' => Binary(magnitude, bits),
            'x' or 'X' => Hexadecimal(magnitude, layout, precision, bits),
            'e' or 'E' => Exponential(Digits.Of(magnitude, precision < 0 ? -1 : precision + 1, bits), layout, precision),
            'f' or 'F' when precision < 0 => Fixed(Digits.Of(magnitude, -1, bits)),
            'f' or 'F' => magnitude.ToString(
                string.Create(CultureInfo.InvariantCulture, $"F{precision}"), CultureInfo.InvariantCulture),
            _ => General(magnitude, layout, precision, bits),
        };
    }

    // Exponent form when the decimal exponent is below -4 or not below the precision; six decides for the shortest.
    private static string General(double magnitude, char layout, int precision, int bits)
    {
        var isShortest = precision < 0;
        var significant = isShortest ? -1 : Math.Max(precision, 1);
        var digits = Digits.Of(magnitude, significant, bits).Trimmed();
        var threshold = isShortest ? 6 : significant;
        if (!isShortest && threshold > digits.Text.Length && digits.Text.Length >= digits.Exponent + 1)
        {
            threshold = digits.Text.Length;
        }

        return digits.Exponent < -4 || digits.Exponent >= threshold
            ? Exponential(digits, layout == 'G' ? 'E' : 'e', digits.Text.Length - 1)
            : Fixed(digits);
    }

    private static string Exponential(Digits digits, char symbol, int precision)
    {
        var wanted = precision < 0 ? digits.Text.Length : precision + 1;
        var text = digits.Text.PadRight(wanted, '0');
        var result = new StringBuilder().Append(text[0]);
        if (wanted > 1)
        {
            result.Append('.').Append(text.AsSpan(1, wanted - 1));
        }

        var magnitude = Math.Abs(digits.Exponent);
        return result.Append(symbol).Append(digits.Exponent < 0 ? '-' : '+')
            .Append(magnitude < 10 ? "0" : "").Append(CultureInfo.InvariantCulture, $"{magnitude}").ToString();
    }

    private static string Fixed(Digits digits)
    {
        var point = digits.Exponent + 1;
        if (point <= 0)
        {
            return digits.IsZero ? "0" : "0." + new string('0', -point) + digits.Text;
        }

        return digits.Text.Length <= point
            ? digits.Text.PadRight(point, '0')
            : string.Concat(digits.Text.AsSpan(0, point), ".", digits.Text.AsSpan(point));
    }

    private static string Binary(double magnitude, int bits)
    {
        var (mantissa, exponent) = Parts(magnitude, bits);
        return string.Create(CultureInfo.InvariantCulture, $"{mantissa}p{(exponent < 0 ? "" : "+")}{exponent}");
    }

    private static string Hexadecimal(double magnitude, char layout, int precision, int bits)
    {
        var (mantissa, exponent) = Parts(magnitude, bits);
        var fractionBits = bits == 32 ? 23 : 52;
        if (mantissa == 0)
        {
            exponent = 0;
        }
        else
        {
            // One digit before the point: shift the leading one to bit 60, the fraction below it.
            exponent += fractionBits;
            mantissa <<= 60 - fractionBits;
            while ((mantissa & (1UL << 60)) == 0)
            {
                mantissa <<= 1;
                exponent--;
            }
        }

        if (precision is >= 0 and < 15)
        {
            var shift = precision * 4;
            var extra = (mantissa << shift) & ((1UL << 60) - 1);
            mantissa >>= 60 - shift;
            if ((extra | (mantissa & 1)) > 1UL << 59)
            {
                mantissa++;
            }

            mantissa <<= 60 - shift;
            if ((mantissa & (1UL << 61)) != 0)
            {
                mantissa >>= 1;
                exponent++;
            }
        }

        var fraction = (mantissa & ((1UL << 60) - 1)).ToString("x15", CultureInfo.InvariantCulture);
        fraction = precision < 0 ? fraction.TrimEnd('0') : fraction.PadRight(precision, '0')[..precision];
        var leading = (mantissa >> 60) & 1;
        var text = string.Create(CultureInfo.InvariantCulture,
            $"0x{leading}{(fraction.Length > 0 ? "." : "")}{fraction}p{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        return layout == 'X' ? text.ToUpperInvariant() : text;
    }

    private static (ulong Mantissa, int Exponent) Parts(double magnitude, int bits)
    {
        if (bits == 32)
        {
            var single = BitConverter.SingleToUInt32Bits((float)magnitude);
            var singleExponent = (int)(single >> 23) & 0xff;
            var singleMantissa = single & 0x7fffff;
            return singleExponent == 0
                ? (singleMantissa, -126 - 23)
                : (singleMantissa | 0x800000, singleExponent - 127 - 23);
        }

        var raw = BitConverter.DoubleToUInt64Bits(magnitude);
        var exponent = (int)(raw >> 52) & 0x7ff;
        var mantissa = raw & 0xfffffffffffff;
        return exponent == 0 ? (mantissa, -1022 - 52) : (mantissa | 0x10000000000000, exponent - 1023 - 52);
    }

    /// <summary>Decimal digits d.ddd and the exponent of ten that they are multiplied with.</summary>
    private readonly record struct Digits(string Text, int Exponent)
    {
        public bool IsZero => Text.AsSpan().TrimStart('0').IsEmpty;

        public static Digits Of(double magnitude, int significant, int bits)
        {
            if (magnitude == 0)
            {
                return new Digits("0", 0);
            }

            return Read(significant switch
            {
                < 0 when bits == 32 => ((float)magnitude).ToString("R", CultureInfo.InvariantCulture),
                < 0 => magnitude.ToString("R", CultureInfo.InvariantCulture),
                _ => magnitude.ToString(string.Create(CultureInfo.InvariantCulture, $"E{significant - 1}"),
                    CultureInfo.InvariantCulture),
            });
        }

        public Digits Trimmed() => Text.TrimEnd('0') is { Length: > 0 } text ? this with { Text = text } : this with { Text = "0" };

        // Reads 123.45, 0.00123 or 1.23E-05.
        private static Digits Read(string text)
        {
            var mark = text.IndexOf('E', StringComparison.Ordinal);
            var exponent = mark < 0 ? 0 : int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            var mantissa = mark < 0 ? text : text[..mark];
            var point = mantissa.IndexOf('.', StringComparison.Ordinal);
            var whole = point < 0 ? mantissa.Length : point;
            var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
            var leadingZeros = digits.Length - digits.AsSpan().TrimStart('0').Length;
            digits = digits[leadingZeros..];
            if (mark < 0)
            {
                // Trailing zeros of a plain number are places, not digits.
                digits = digits.TrimEnd('0');
            }

            return new Digits(digits.Length == 0 ? "0" : digits, whole - 1 - leadingZeros + exponent);
        }
    }
}
