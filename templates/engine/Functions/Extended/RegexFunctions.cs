using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Sync.Templates.Diagnostics;
using Sync.Templates.Formatting;
using Sync.Templates.Values;

namespace Sync.Templates.Functions.Extended;

/// <summary>Functions over regular expressions: <c>regexMatch regexFind regexReplaceAll</c>.</summary>
/// <remarks>
/// The expressions are Go's: matched in time linear in the text, no back-references, no look-around.
/// Source: documentation of abtreece/confd, "Template functions"; Go package regexp.
/// </remarks>
internal static partial class RegexFunctions
{
    private const long SizeMax = 20_000;
    private const long RepetitionsMax = 1_000;

    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(1);

    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Function.Of("regexMatch", [GoType.String, GoType.String], GoType.Bool, static (scope, arguments) =>
            Value.Of(IsMatch(Compile(scope, arguments[0]), ByteText.Decode(arguments[1].String)))),
        Function.Of("regexFind", [GoType.String, GoType.String], GoType.String, static (scope, arguments) => Value.Of(ByteText.Encode(
            InTime(Compile(scope, arguments[0]), ByteText.Decode(arguments[1].String), static (pattern, text) => pattern.Match(text).Value)))),
        Function.Of("regexReplaceAll", [GoType.String, GoType.String, GoType.String], GoType.String, ReplaceAll),
    ];

    /// <summary>Whether a text matches somewhere.</summary>
    /// <exception cref="LimitException">That takes too long.</exception>
    internal static bool IsMatch(Regex pattern, string text) =>
        InTime(pattern, text, static (pattern, text) => pattern.IsMatch(text));

    private static T InTime<T>(Regex pattern, string text, Func<Regex, string, T> match)
    {
        try
        {
            return match(pattern, text);
        }
        catch (RegexMatchTimeoutException timeout)
        {
            throw new LimitException($"a regular expression took longer than {timeout.MatchTimeout.TotalSeconds} s");
        }
    }

    /// <summary>Compiles an expression in Go's syntax.</summary>
    /// <exception cref="FunctionException">The expression is malformed.</exception>
    internal static Regex Compile(RenderScope scope, in Value pattern)
    {
        var text = ByteText.Decode(pattern.String);
        if (scope.Patterns.TryGetValue(text, out var known))
        {
            return known;
        }

        CheckSize(text);
        try
        {
            var compiled = new Regex(Translate(text), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeLimit);
            scope.Patterns[text] = compiled;
            return compiled;
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            throw new FunctionException($"error parsing regexp: {failure.Message}");
        }
    }

    // Repetitions are written out by the matcher, so what nested ones come to is bounded, as in Go.
    private static void CheckSize(string pattern)
    {
        var (size, last, groups) = (0L, 0L, new Stack<long>());
        for (var index = 0; index < pattern.Length && size <= SizeMax; index++)
        {
            switch (pattern[index])
            {
                case '(':
                    groups.Push(size);
                    size = 0;
                    break;
                case ')':
                    last = size + 1;
                    size = (groups.Count > 0 ? groups.Pop() : 0) + last;
                    break;
                case '{' when Repetition().Match(pattern, index) is { Success: true, Index: var start } count && start == index:
                    var times = long.Parse(count.Groups[count.Groups[2].Length > 0 ? 2 : 1].Value, CultureInfo.InvariantCulture);
                    if (times > RepetitionsMax)
                    {
                        throw new FunctionException($"error parsing regexp: invalid repeat count: `{count.Value}`");
                    }

                    size += last * (times - 1);
                    last *= times;
                    break;
                default:
                    index += pattern[index] == '\\' ? 1 : 0;
                    last = 1;
                    size++;
                    break;
            }
        }

        if (size + groups.Sum() > SizeMax)
        {
            throw new FunctionException("error parsing regexp: expression too large");
        }
    }

    [GeneratedRegex(@"\{([0-9]{1,9})(?:,([0-9]{0,9}))?\}")]
    private static partial Regex Repetition();

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

    internal static Value ReplaceAll(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var text = ByteText.Decode(arguments[1].String);
        var template = ByteText.Decode(arguments[2].String);
        using var replaced = scope.NewText();
        var end = 0;
        foreach (var match in InTime(Compile(scope, arguments[0]), text, static (pattern, text) => pattern.Matches(text).ToList()))
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
