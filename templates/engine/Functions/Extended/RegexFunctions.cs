using System.Text;
using System.Text.RegularExpressions;
using Sync.Templates.Formatting;
using Sync.Templates.ScribanText;
using Sync.Templates.Values;

namespace Sync.Templates.Functions.Extended;

/// <summary>Functions over regular expressions: <c>regexMatch regexFind regexReplaceAll</c>.</summary>
/// <remarks>
/// The expressions are Go's: matched in time linear in the text, no back-references, no look-around.
/// Source: documentation of abtreece/confd, "Template functions"; Go package regexp.
/// </remarks>
internal static class RegexFunctions
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Function.Of("regexMatch", [GoType.String, GoType.String], GoType.Bool, static (_, arguments) =>
            Value.Of(Compile(arguments[0]).IsMatch(ByteText.Decode(arguments[1].String)))),
        Function.Of("regexFind", [GoType.String, GoType.String], GoType.String, static (_, arguments) =>
            Value.Of(ByteText.Encode(Compile(arguments[0]).Match(ByteText.Decode(arguments[1].String)).Value))),
        Function.Of("regexReplaceAll", [GoType.String, GoType.String, GoType.String], GoType.String, ReplaceAll),
    ];

    /// <summary>Compiles an expression in Go's syntax.</summary>
    /// <exception cref="FunctionException">The expression is malformed.</exception>
    internal static Regex Compile(in Value pattern)
    {
        try
        {
            return new Regex(Translate(ByteText.Decode(pattern.String)),
                RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            throw new FunctionException($"error parsing regexp: {failure.Message}");
        }
    }

    // Go names groups (?P<name>), and its $ without (?m) is the very end.
    private static string Translate(string pattern)
    {
        var translated = new StringBuilder();
        var inClass = false;
        var isMultiline = pattern.StartsWith("(?", StringComparison.Ordinal)
            && pattern.AsSpan(2, Math.Max(0, pattern.IndexOf(')', StringComparison.Ordinal) - 2)).Contains('m');
        for (var index = 0; index < pattern.Length; index++)
        {
            var symbol = pattern[index];
            if (symbol == '\\' && index + 1 < pattern.Length)
            {
                translated.Append(symbol).Append(pattern[++index]);
                continue;
            }

            inClass = symbol switch { '[' => true, ']' => false, _ => inClass };
            if (symbol == '$' && !inClass && !isMultiline)
            {
                translated.Append("\\z");
            }
            else if (!inClass && pattern.AsSpan(index).StartsWith("(?P<", StringComparison.Ordinal))
            {
                translated.Append("(?<");
                index += 3;
            }
            else
            {
                translated.Append(symbol);
            }
        }

        return translated.ToString();
    }

    private static Value ReplaceAll(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var text = ByteText.Decode(arguments[1].String);
        var template = ByteText.Decode(arguments[2].String);
        using var replaced = scope.NewText();
        var end = 0;
        foreach (Match match in Compile(arguments[0]).Matches(text))
        {
            replaced.Write(ByteText.Encode(text.AsSpan(end, match.Index - end)));
            Expand(replaced, match, template);
            end = match.Index + match.Length;
        }

        replaced.Write(ByteText.Encode(text.AsSpan(end)));
        return Value.Of(replaced.ToArray());
    }

    // $name takes the longest name there is, so that $1x is the group "1x"; an unknown group is empty.
    private static void Expand(TextBuffer buffer, Match match, string template)
    {
        for (var index = 0; index < template.Length; index++)
        {
            if (template[index] != '$' || index + 1 == template.Length)
            {
                buffer.Write(ByteText.Encode(template.AsSpan(index, 1)));
                continue;
            }

            if (template[index + 1] == '$')
            {
                buffer.Write((byte)'$');
                index++;
                continue;
            }

            var isBraced = template[index + 1] == '{';
            var start = index + (isBraced ? 2 : 1);
            var end = start;
            while (end < template.Length && (char.IsAsciiLetterOrDigit(template[end]) || template[end] == '_'))
            {
                end++;
            }

            if (end == start || (isBraced && (end == template.Length || template[end] != '}')))
            {
                buffer.Write((byte)'$');
                continue;
            }

            buffer.Write(ByteText.Encode(match.Groups[template[start..end]].Value));
            index = isBraced ? end : end - 1;
        }
    }
}
