namespace Sync.Metad.Model.Documents;

/// <summary>A JSON number as a plain decimal: no exponent, no zeros at the end of a fraction, no digit lost.</summary>
internal static class DecimalText
{
    private const int DigitsMax = 400;

    /// <summary>Rewrites a number.</summary>
    /// <param name="number">As JSON has it, such as <c>1.50e3</c>.</param>
    /// <returns>Such as <c>1500</c>; null when it would need more than 400 digits.</returns>
    public static byte[]? Of(ReadOnlySpan<byte> number)
    {
        var isNegative = number[0] == '-';
        var unsigned = isNegative ? number[1..] : number;
        var exponentAt = unsigned.IndexOfAny((byte)'e', (byte)'E');
        var mantissa = exponentAt < 0 ? unsigned : unsigned[..exponentAt];
        if (!TryExponent(exponentAt < 0 ? "0"u8 : unsigned[(exponentAt + 1)..], out var exponent))
        {
            return null;
        }

        var point = mantissa.IndexOf((byte)'.');
        byte[] digits = point < 0 ? mantissa.ToArray() : [.. mantissa[..point], .. mantissa[(point + 1)..]];
        var integerLength = (point < 0 ? mantissa.Length : point) + exponent;
        if (!digits.AsSpan().ContainsAnyExcept((byte)'0'))
        {
            return isNegative ? "-0"u8.ToArray() : "0"u8.ToArray();
        }

        if (digits.Length > DigitsMax || Math.Abs(integerLength) > DigitsMax)
        {
            return null;
        }

        if (integerLength <= 0)
        {
            digits = [.. Enumerable.Repeat((byte)'0', 1 - integerLength), .. digits];
            integerLength = 1;
        }
        else if (integerLength > digits.Length)
        {
            digits = [.. digits, .. Enumerable.Repeat((byte)'0', integerLength - digits.Length)];
        }

        var integer = digits.AsSpan(0, integerLength).TrimStart((byte)'0');
        var fraction = digits.AsSpan(integerLength).TrimEnd((byte)'0');
        byte[] sign = isNegative ? [(byte)'-'] : [];
        byte[] whole = integer.IsEmpty ? [(byte)'0'] : integer.ToArray();
        return fraction.IsEmpty ? [.. sign, .. whole] : [.. sign, .. whole, (byte)'.', .. fraction];
    }

    private static bool TryExponent(ReadOnlySpan<byte> text, out int exponent) =>
        int.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign,
            System.Globalization.CultureInfo.InvariantCulture, out exponent) && Math.Abs((long)exponent) < 100_000;
}
