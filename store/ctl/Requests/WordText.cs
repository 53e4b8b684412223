using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Google.Protobuf;

namespace Sync.Store.Ctl.Requests;

/// <summary>Splits a typed line into words and reads quoted ones.</summary>
internal static partial class WordText
{
    /// <summary>The words of a line; quotes hold blanks together and are taken off.</summary>
    public static IReadOnlyList<string> Split(string line) =>
        [.. Word().Matches(line).Select(match => match.Value switch
        {
            ['"', .., '"'] quoted => Unquote(quoted).ToStringUtf8(),
            ['\'', .. var inner, '\''] => inner,
            var word => word,
        })];

    /// <summary>The bytes that a text between double quotes means.</summary>
    /// <exception cref="FormatException">An escape is unknown or cut short.</exception>
    public static ByteString Unquote(string quoted)
    {
        var bytes = new List<byte>();
        var inner = quoted[1..^1];
        for (var place = 0; place < inner.Length;)
        {
            if (inner[place] != '\\')
            {
                var rune = Rune.GetRuneAt(inner, place);
                bytes.AddRange(Encoding.UTF8.GetBytes(rune.ToString()));
                place += rune.Utf16SequenceLength;
                continue;
            }

            place += Escape(inner.AsSpan(place + 1), bytes) + 1;
        }

        return ByteString.CopyFrom([.. bytes]);
    }

    // Adds what the escape means and returns how many letters it has after the backslash.
    private static int Escape(ReadOnlySpan<char> rest, List<byte> bytes)
    {
        var digits = rest is [] ? 0 : rest[0] switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0)
        {
            if (rest.Length <= digits
                || !int.TryParse(rest[1..(digits + 1)], NumberStyles.AllowHexSpecifier, null, out var number))
            {
                throw new FormatException("An escape is cut short.");
            }

            bytes.AddRange(digits == 2 ? [(byte)number] : Encoding.UTF8.GetBytes(new Rune(number).ToString()));
            return digits + 1;
        }

        bytes.Add((byte)Letter(rest is [] ? throw new FormatException("A backslash ends the text.") : rest[0]));
        return 1;
    }

    private static char Letter(char escape) => escape switch
    {
        'a' => '\a',
        'b' => '\b',
        'f' => '\f',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\v',
        '\\' or '"' or '\'' => escape,
        _ => throw new FormatException($"\\{escape} is no escape."),
    };

    [GeneratedRegex("""
        "(\\.|[^"\\])*"|'[^']*'|\S+
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Word();
}
