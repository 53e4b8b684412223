using System.Numerics;
using Sync.Templates.Formatting;

namespace Sync.Templates.GoText.Syntax;

/// <summary>A number constant in each type that holds it exactly.</summary>
/// <remarks>Source: Go specification, "Integer literals" to "Imaginary literals"; package text/template, "Arguments".</remarks>
internal sealed record NumberLiteral(string Text)
{
    /// <summary>The value as a signed integer, when it is one.</summary>
    public long? Int { get; private init; }

    /// <summary>The value as an unsigned integer, when it is one.</summary>
    public ulong? Uint { get; private init; }

    /// <summary>The value as a float, when it is real.</summary>
    public double? Float { get; private init; }

    /// <summary>The value as a complex number, when it was written as one.</summary>
    public Complex? Complex { get; private init; }

    /// <summary>Whether the constant stands for a float where nothing else is asked of it.</summary>
    public bool IsIdealFloat =>
        Float is not null && Text[0] != '\'' && !IsHexadecimalInteger && Text.AsSpan().IndexOfAny(".eEpP") >= 0;

    private bool IsHexadecimalInteger =>
        Text.Length > 2 && Text[0] == '0' && Text[1] is 'x' or 'X' && Text.AsSpan().IndexOfAny('p', 'P') < 0;

    /// <summary>A character constant.</summary>
    public static NumberLiteral OfCharacter(string text, int rune) =>
        new(text) { Int = rune, Uint = (ulong)rune, Float = rune };

    /// <summary>Reads a number.</summary>
    /// <param name="text">The token.</param>
    /// <param name="isComplex">Whether the token is a sum of a real and an imaginary part.</param>
    /// <param name="error">What is wrong with it.</param>
    /// <returns>The constant, or null.</returns>
    public static NumberLiteral? Read(string text, bool isComplex, out string error)
    {
        error = "";
        if (isComplex)
        {
            return ReadComplex(text, out error);
        }

        if (text.EndsWith('i') && NumberText.TryFloat(text[..^1], out var part))
        {
            return OfComplex(text, new Complex(0, part));
        }

        var unsigned = NumberText.TryUnsigned(text, out var magnitude) ? magnitude : (ulong?)null;
        var signed = NumberText.TrySigned(text, out var integer) ? integer : (long?)null;
        if (signed == 0)
        {
            unsigned = 0;
        }

        if (signed is not null || unsigned is not null)
        {
            return new NumberLiteral(text) { Int = signed, Uint = unsigned, Float = (double?)signed ?? unsigned };
        }

        if (!NumberText.TryFloat(text, out var number))
        {
            error = $"illegal number syntax: {QuotedText.Quote(text)}";
            return null;
        }

        if (text.AsSpan().IndexOfAny(".eEpP") < 0)
        {
            error = $"integer overflow: {QuotedText.Quote(text)}";
            return null;
        }

        return new NumberLiteral(text)
        {
            Float = number,
            Int = AsInt(number),
            Uint = AsUint(number),
        };
    }

    // A real part, the sign of the imaginary one, its digits, and an i.
    private static NumberLiteral? ReadComplex(string text, out string error)
    {
        error = "syntax error scanning complex number";
        var sign = FloatEnd(text, 0);
        if (sign == text.Length || text[sign] is not ('+' or '-'))
        {
            return null;
        }

        var end = FloatEnd(text, sign + 1);
        if (end == text.Length || text[end] != 'i' || text[sign + 1] is 'i')
        {
            return null;
        }

        var (first, second) = (text[..sign], text[sign..end]);
        if (NumberText.TryFloat(first, out var real) && NumberText.TryFloat(second, out var imaginary))
        {
            return OfComplex(text, new Complex(real, imaginary));
        }

        error = $"strconv.ParseFloat: parsing {QuotedText.Quote(NumberText.TryFloat(first, out _) ? second : first)}: invalid syntax";
        return null;
    }

    // Where a float that begins at a place ends: sign, digits, fraction, exponent, each of which may be missing.
    private static int FloatEnd(string text, int start)
    {
        var end = start + (start < text.Length && text[start] is '+' or '-' ? 1 : 0);
        var isHexadecimal = text.AsSpan(end).StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        end += isHexadecimal ? 2 : 0;
        var digits = isHexadecimal ? "0123456789abcdefABCDEF_" : "0123456789_";
        end = Past(text, end, digits);
        if (end < text.Length && text[end] == '.')
        {
            end = Past(text, end + 1, digits);
        }

        if (end < text.Length && (isHexadecimal ? "pP" : "eEpP").Contains(text[end], StringComparison.Ordinal))
        {
            end += end + 1 < text.Length && text[end + 1] is '+' or '-' ? 2 : 1;
            end = Past(text, end, "0123456789_");
        }

        return end;
    }

    private static int Past(string text, int start, string symbols)
    {
        var length = text.AsSpan(start).IndexOfAnyExcept(symbols);
        return length < 0 ? text.Length : start + length;
    }

    private static NumberLiteral OfComplex(string text, Complex value)
    {
        var isReal = value.Imaginary == 0;
        return new NumberLiteral(text)
        {
            Complex = value,
            Float = isReal ? value.Real : null,
            Int = isReal ? AsInt(value.Real) : null,
            Uint = isReal ? AsUint(value.Real) : null,
        };
    }

    private static long? AsInt(double number) =>
        number is >= -9223372036854775808.0 and < 9223372036854775808.0 && (long)number == number ? (long)number : null;

    private static ulong? AsUint(double number) =>
        number is >= 0 and < 18446744073709551616.0 && (ulong)number == number ? (ulong)number : null;
}
