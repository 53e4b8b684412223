using System.Globalization;
using System.Numerics;

namespace Sync.Store.Ctl.Options;

/// <summary>Whole numbers as etcd's tools read them, with their words for what is none.</summary>
internal static class GoNumber
{
    /// <summary>Reads a signed number of 64 bits.</summary>
    /// <exception cref="FormatException">The text is none; the message names it.</exception>
    public static long Decimal(string text) => (long)Read(text, "ParseInt", 10, long.MinValue, long.MaxValue);

    /// <summary>Reads a signed number of 64 bits in hexadecimal, without prefix.</summary>
    /// <inheritdoc cref="Decimal"/>
    public static long Hexadecimal(string text) => (long)Read(text, "ParseInt", 16, long.MinValue, long.MaxValue);

    /// <summary>Reads an unsigned number of 64 bits in hexadecimal, without prefix.</summary>
    /// <inheritdoc cref="Decimal"/>
    public static ulong UnsignedHexadecimal(string text) => (ulong)Read(text, "ParseUint", 16, 0, ulong.MaxValue);

    private static BigInteger Read(string text, string function, int numberBase, BigInteger least, BigInteger most)
    {
        var isNegative = text.StartsWith('-') && least.Sign < 0;
        var digits = isNegative || (text.StartsWith('+') && least.Sign < 0) ? text[1..] : text;
        var isDigits = digits.Length > 0 && digits.All(letter =>
            numberBase == 16 ? char.IsAsciiHexDigit(letter) : char.IsAsciiDigit(letter));
        if (!isDigits)
        {
            throw new FormatException($"strconv.{function}: parsing \"{text}\": invalid syntax");
        }

        var style = numberBase == 16 ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        var number = BigInteger.Parse("0" + digits, style, CultureInfo.InvariantCulture);
        number = isNegative ? -number : number;
        return number >= least && number <= most
            ? number
            : throw new FormatException($"strconv.{function}: parsing \"{text}\": value out of range");
    }
}
