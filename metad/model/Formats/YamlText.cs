using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Sync.Metad.Model.Formats;

/// <summary>
/// Strings as YAML scalars that read back as the same string under YAML 1.1 and 1.2: plain where that is certain,
/// double-quoted where a plain one would read as a number, date, truth value or null, single-quoted where it would
/// break the syntax, a literal block where it has lines.
/// </summary>
/// <remarks>Source: YAML 1.2.2 sections 7.3, 8.1, 10.3; the type repository of YAML 1.1.</remarks>
public static partial class YamlText
{
    private static readonly SearchValues<string> Words = SearchValues.Create(
        ["~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "<<", "="], StringComparison.OrdinalIgnoreCase);

    /// <summary>Writes a member's name.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="name">UTF-8, not trusted to be valid.</param>
    public static void WriteName(ByteBuffer buffer, ReadOnlySpan<byte> name) =>
        WriteInline(buffer, Encoding.UTF8.GetString(name), isName: true);

    /// <summary>Writes a value and the newline after it.</summary>
    /// <param name="buffer">Where to, right after a colon and a space or at the start of a document.</param>
    /// <param name="value">UTF-8, not trusted to be valid.</param>
    /// <param name="indent">The columns by which the lines of a block stand in, at least 2.</param>
    public static void WriteValue(ByteBuffer buffer, ReadOnlySpan<byte> value, int indent)
    {
        var text = Encoding.UTF8.GetString(value);
        if (IsBlock(text))
        {
            WriteBlock(buffer, text, indent);
            return;
        }

        WriteInline(buffer, text, isName: false);
        buffer.Append((byte)'\n');
    }

    /// <summary>States that a plain scalar of this text would not surely be a string.</summary>
    /// <param name="text">The scalar.</param>
    internal static bool ReadsAsOther(string text) =>
        text.Length == 0 || Words.Contains(text)
        || ((char.IsAsciiDigit(text[0]) || text[0] is '+' or '-' or '.')
            && (Number().IsMatch(text) || Sexagesimal().IsMatch(text) || Timestamp().IsMatch(text)));

    private static void WriteInline(ByteBuffer buffer, string text, bool isName)
    {
        if (!text.All(IsPrintable) || text.Contains('\uFFFD', StringComparison.Ordinal) || ReadsAsOther(text))
        {
            WriteDoubleQuoted(buffer, text);
        }
        // Not every reader takes these marks in a plain name, though the standard lets them stand inside one.
        else if (IsPlain(text) && !(isName && text.AsSpan().ContainsAny("#*&")))
        {
            buffer.Append(Encoding.UTF8.GetBytes(text));
        }
        else
        {
            buffer.Append((byte)'\'');
            buffer.Append(Encoding.UTF8.GetBytes(text.Replace("'", "''", StringComparison.Ordinal)));
            buffer.Append((byte)'\'');
        }
    }

    // A block keeps lines as they are, so what a reader would fold or drop there is quoted instead.
    private static bool IsBlock(string text) =>
        text.Contains('\n', StringComparison.Ordinal)
        && text.All(character => character == '\n' || IsPrintable(character))
        && text.Trim('\n').Length > 0
        && text[0] is not '\n'
        && !text.Contains(" \n", StringComparison.Ordinal)
        && text[^1] != ' ';

    private static void WriteBlock(ByteBuffer buffer, string text, int indent)
    {
        buffer.Append((byte)'|');
        if (text[0] == ' ')
        {
            buffer.Append((byte)('0' + 2));
        }

        if (text[^1] != '\n')
        {
            buffer.Append((byte)'-');
        }
        else if (text.EndsWith("\n\n", StringComparison.Ordinal))
        {
            buffer.Append((byte)'+');
        }

        buffer.Append((byte)'\n');
        var lines = text.EndsWith('\n') ? text[..^1] : text;
        foreach (var line in lines.Split('\n'))
        {
            if (line.Length > 0)
            {
                buffer.Append((byte)' ', indent);
                buffer.Append(Encoding.UTF8.GetBytes(line));
            }

            buffer.Append((byte)'\n');
        }
    }

    private static void WriteDoubleQuoted(ByteBuffer buffer, string text)
    {
        var quoted = new StringBuilder("\"", text.Length + 8);
        for (var index = 0; index < text.Length; index++)
        {
            var character = text[index];
            _ = character switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                _ when IsPrintable(character) => quoted.Append(character),
                _ when character < 0x100 => quoted.Append(CultureInfo.InvariantCulture, $"\\x{(int)character:X2}"),
                _ when char.IsHighSurrogate(character) => quoted.Append(
                    CultureInfo.InvariantCulture, $"\\U{char.ConvertToUtf32(character, text[++index]):X8}"),
                _ => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}"),
            };
        }

        buffer.Append(Encoding.UTF8.GetBytes(quoted.Append('"').ToString()));
    }

    private static bool IsPlain(string text)
    {
        if ("#,[]{}&*!|>'\"%@` ".Contains(text[0], StringComparison.Ordinal) || text[^1] == ' '
            || text.StartsWith("---", StringComparison.Ordinal) || text.StartsWith("...", StringComparison.Ordinal))
        {
            return false;
        }

        var isIndicator = text[0] is '-' or '?' or ':' && (text.Length == 1 || text[1] == ' ');
        return !isIndicator && text[^1] != ':'
            && !text.Contains(": ", StringComparison.Ordinal) && !text.Contains(" #", StringComparison.Ordinal);
    }

    // The original escapes what lies beyond the first plane; surrogates come in pairs here, as the text was decoded.
    private static bool IsPrintable(char character) =>
        character is >= ' ' and <= '~' or >= '\u00A0' and <= '\uFFFD' and not ('\u2028' or '\u2029' or '\uFEFF')
        && !char.IsSurrogate(character);

    [GeneratedRegex(
        @"^[-+]?(0[xX][0-9a-fA-F_]+|0[oO]?[0-9_]+|0[bB][01_]+|[0-9][0-9_]*\.?[0-9_]*([eE][-+]?[0-9]+)?"
        + @"|\.[0-9_]+([eE][-+]?[0-9]+)?|\.[iI][nN][fF])$|^\.[nN][aA][nN]$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    [GeneratedRegex(@"^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Sexagesimal();

    [GeneratedRegex(
        @"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(([Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(\.[0-9]*)?"
        + @"([ \t]*(Z|[-+][0-9]{1,2}(:?[0-9]{2})?))?)?$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Timestamp();
}
