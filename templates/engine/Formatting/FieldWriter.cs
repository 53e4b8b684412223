using System.Text;

namespace Sync.Templates.Formatting;

/// <summary>Writes numbers and texts under flags, width and precision.</summary>
/// <remarks>Source: Go package fmt, "Printing", as of 1.19.</remarks>
internal sealed class FieldWriter(TextBuffer buffer)
{
    /// <summary>The flags of the directive being written.</summary>
    public FormatFlags Flags;

    /// <summary>Writes bytes, padded to the width in characters.</summary>
    public void Pad(ReadOnlySpan<byte> text)
    {
        if (Flags.Width is null or <= 0)
        {
            buffer.Write(text);
            return;
        }

        var missing = Flags.Width.GetValueOrDefault() - Utf8Runes.Count(text);
        if (!Flags.Minus)
        {
            Padding(missing);
            buffer.Write(text);
        }
        else
        {
            buffer.Write(text);
            Padding(missing);
        }
    }

    /// <summary>Writes text, padded to the width.</summary>
    public void Pad(string text) => Pad(Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a string, cut to the precision in characters.</summary>
    public void Text(ReadOnlySpan<byte> text) => Pad(Cut(text));

    /// <summary>Writes a string in quotes.</summary>
    public void Quoted(ReadOnlySpan<byte> text)
    {
        text = Cut(text);
        using var quoted = new TextBuffer(buffer.BytesMax);
        if (Flags.Sharp && QuotedText.CanBackquote(text))
        {
            quoted.Write((byte)'`');
            quoted.Write(text);
            quoted.Write((byte)'`');
        }
        else
        {
            QuotedText.AppendString(quoted, text, Flags.Plus);
        }

        Pad(quoted.Written);
    }

    /// <summary>Writes the character of a code point.</summary>
    public void Character(ulong codePoint)
    {
        using var text = new TextBuffer(16);
        text.WriteRune(AsRune(codePoint));
        Pad(text.Written);
    }

    /// <summary>Writes the character of a code point in single quotes.</summary>
    public void QuotedCharacter(ulong codePoint)
    {
        using var text = new TextBuffer(32);
        QuotedText.AppendRune(text, AsRune(codePoint), Flags.Plus);
        Pad(text.Written);
    }

    /// <summary>Writes a code point as <c>U+0040</c>.</summary>
    public void CodePoint(ulong codePoint)
    {
        var text = codePoint.ToString("X", null).PadLeft(Math.Max(4, Flags.Precision ?? 4), '0');
        var isShown = Flags.Sharp && codePoint <= 0x10FFFF && QuotedText.IsPrintable((int)codePoint);
        WithoutZero(isShown ? $"U+{text} '{char.ConvertFromUtf32((int)codePoint)}'" : $"U+{text}");
    }

    /// <summary>Writes an integer.</summary>
    /// <param name="number">The number; the two's complement of a negative one.</param>
    /// <param name="numberBase">2, 8, 10 or 16.</param>
    /// <param name="isSigned">Whether the number may be negative.</param>
    /// <param name="verb">The directive's verb: <c>O</c> adds a prefix, <c>X</c> means upper case.</param>
    public void Integer(ulong number, int numberBase, bool isSigned, int verb)
    {
        if (numberBase == 10 && Flags is { Width: null, Precision: null, Plus: false, Space: false })
        {
            if (isSigned)
            {
                buffer.WriteDecimal((long)number);
            }
            else
            {
                buffer.WriteDecimal(number);
            }

            return;
        }

        var isNegative = isSigned && (long)number < 0;
        var magnitude = isNegative ? unchecked(0 - number) : number;
        if (Flags.Precision == 0 && magnitude == 0)
        {
            buffer.Fill((byte)' ', Flags.Width ?? 0);
            return;
        }

        var digitsMin = Flags.Precision ?? 0;
        if (Flags.Precision is null && Flags.Zero && Flags.Width is { } width)
        {
            digitsMin = isNegative || Flags.Plus || Flags.Space ? width - 1 : width;
        }

        var reversed = new StringBuilder();
        do
        {
            reversed.Append((verb == 'X' ? "0123456789ABCDEF" : "0123456789abcdef")[(int)(magnitude % (ulong)numberBase)]);
            magnitude /= (ulong)numberBase;
        }
        while (magnitude > 0);

        if (digitsMin > reversed.Length)
        {
            reversed.Append('0', digitsMin - reversed.Length);
        }

        if (Flags.Sharp)
        {
            reversed.Append(numberBase switch
            {
                2 => "b0",
                8 when reversed[^1] != '0' => "0",
                16 => verb == 'X' ? "X0" : "x0",
                _ => "",
            });
        }

        reversed.Append(verb == 'O' ? "o0" : "");
        reversed.Append(isNegative ? "-" : Flags.Plus ? "+" : Flags.Space ? " " : "");
        var text = reversed.ToString().ToCharArray();
        Array.Reverse(text);
        WithoutZero(new string(text));
    }

    /// <summary>Writes a float.</summary>
    /// <param name="number">The number.</param>
    /// <param name="bits">32 or 64.</param>
    /// <param name="verb">The layout.</param>
    /// <param name="precision">The precision when none is given; -1 for the shortest.</param>
    public void Float(double number, int bits, char verb, int precision)
    {
        precision = Flags.Precision ?? precision;
        var text = FloatText.Format(number, verb == 'F' ? 'f' : verb, precision, bits);
        var sign = text[0] is '-' or '+' ? text[0] : '+';
        var digits = text[0] is '-' or '+' ? text[1..] : text;
        if (Flags.Space && sign == '+' && !Flags.Plus)
        {
            sign = ' ';
        }

        if (digits[0] is 'I' or 'N')
        {
            // Infinities and NaN do not look like numbers, so zeros do not pad them.
            WithoutZero(digits[0] == 'N' && !Flags.Space && !Flags.Plus ? digits
                : digits[0] == 'I' && sign == '+' && !Flags.Plus && !Flags.Space ? "+" + digits
                : sign + digits);
            return;
        }

        if (Flags.Sharp && verb != 'b')
        {
            digits = WithPoint(digits, verb, precision);
        }

        if (!Flags.Plus && sign == '+')
        {
            Pad(digits);
        }
        else if (Flags.Zero && Flags.Width is { } width && width > digits.Length + 1)
        {
            // The sign stands before the zeros.
            buffer.Write((byte)sign);
            Padding(width - digits.Length - 1);
            buffer.Write(digits);
        }
        else
        {
            Pad(sign + digits);
        }
    }

    /// <summary>Writes bytes as hexadecimal digits.</summary>
    public void Hexadecimal(ReadOnlySpan<byte> bytes, bool upperCase)
    {
        var digits = upperCase ? "0123456789ABCDEFX"u8 : "0123456789abcdefx"u8;
        bytes = bytes[..Math.Min(bytes.Length, Flags.Precision ?? bytes.Length)];
        if (bytes.IsEmpty)
        {
            Padding(Flags.Width ?? 0);
            return;
        }

        var width = 2 * bytes.Length
            + (Flags.Space ? (Flags.Sharp ? 2 * bytes.Length : 0) + bytes.Length - 1 : Flags.Sharp ? 2 : 0);
        var missing = (Flags.Width ?? 0) - width;
        Padding(Flags.Minus ? 0 : missing);
        for (var index = 0; index < bytes.Length; index++)
        {
            if (Flags.Space && index > 0)
            {
                buffer.Write((byte)' ');
            }

            if (Flags.Sharp && (Flags.Space || index == 0))
            {
                buffer.Write((byte)'0');
                buffer.Write(digits[16]);
            }

            buffer.Write(digits[bytes[index] >> 4]);
            buffer.Write(digits[bytes[index] & 15]);
        }

        Padding(Flags.Minus ? missing : 0);
    }

    private ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> text)
    {
        if (Flags.Precision is not { } characters)
        {
            return text;
        }

        var rest = text;
        for (; characters > 0 && !rest.IsEmpty; characters--)
        {
            rest = rest[Utf8Runes.Length(rest)..];
        }

        return text[..^rest.Length];
    }

    private void Padding(int count) => buffer.Fill(Flags.Zero ? (byte)'0' : (byte)' ', count);

    private void WithoutZero(string text)
    {
        var zero = Flags.Zero;
        Flags.Zero = false;
        Pad(text);
        Flags.Zero = zero;
    }

    // The alternate form always has a point, and keeps the zeros that %g drops.
    private static string WithPoint(string number, char verb, int precision)
    {
        var missing = verb is 'g' or 'G' or 'x' ? (precision < 0 ? 6 : precision) : 0;
        var isHexadecimal = verb is 'x' or 'X';
        var end = number.IndexOfAny(isHexadecimal ? ['p', 'P'] : ['e', 'E']);
        var (mantissa, tail) = end < 0 ? (number, "") : (number[..end], number[end..]);
        var sawNonzero = false;
        foreach (var digit in mantissa)
        {
            if (digit == '.')
            {
                continue;
            }

            sawNonzero |= digit != '0';
            missing -= sawNonzero ? 1 : 0;
        }

        if (!mantissa.Contains('.', StringComparison.Ordinal))
        {
            missing -= mantissa == "0" ? 1 : 0;
            mantissa += ".";
        }

        return mantissa.PadRight(mantissa.Length + Math.Max(missing, 0), '0') + tail;
    }

    private static int AsRune(ulong codePoint) => codePoint > 0x10FFFF ? 0xFFFD : (int)codePoint;
}
