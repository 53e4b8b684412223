using System.Globalization;
using System.Text;
using Sync.Templates.Formatting;
using Sync.Templates.Patterns;
using Sync.Templates.Values;

namespace Sync.Templates.Functions.Extended;

/// <summary>Functions over regular expressions: <c>regexMatch regexFind regexReplaceAll</c>.</summary>
/// <remarks>Source: documentation of abtreece/confd, "Template functions"; Go package regexp.</remarks>
internal static class RegexFunctions
{
    private const int GroupNumberMax = 100_000_000;

    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Function.Of("regexMatch", [GoType.String, GoType.String], GoType.Bool, static (scope, arguments) =>
            Value.Of(Compile(scope, arguments[0]).IsMatch(arguments[1].String, scope.CheckTime))),
        Function.Of("regexFind", [GoType.String, GoType.String], GoType.String, static (scope, arguments) =>
            Compile(scope, arguments[0]).Find(arguments[1].String, scope.CheckTime) is var (start, end)
                ? Value.Of(arguments[1].String[start..end]) : Value.Of(Array.Empty<byte>())),
        Function.Of("regexReplaceAll", [GoType.String, GoType.String, GoType.String], GoType.String, ReplaceAll),
    ];

    /// <summary>Reads an expression in Go's syntax; one that the render has read before is at hand.</summary>
    /// <exception cref="FunctionException">The expression is malformed.</exception>
    internal static Pattern Compile(RenderScope scope, in Value pattern)
    {
        var text = ByteText.Decode(pattern.String);
        if (!scope.Patterns.TryGetValue(text, out var known))
        {
            scope.Patterns[text] = known = Pattern.Parse(pattern.String);
        }

        return known;
    }

    /// <summary>Puts a text in place of all matches. An empty match right behind another match is none.</summary>
    /// <remarks>Source: Go package regexp, function ReplaceAllString.</remarks>
    internal static Value ReplaceAll(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var pattern = Compile(scope, arguments[0]);
        var search = pattern.Search(scope.CheckTime);
        ReadOnlySpan<byte> text = arguments[1].String;
        using var replaced = scope.NewText();
        var end = 0;
        for (var position = 0; position <= text.Length && search.Find(text, position) is { } slots;)
        {
            replaced.Write(text[end..slots[0]]);
            if (slots[1] > end || slots[0] == 0)
            {
                Expand(replaced, pattern, text, slots, arguments[2].String);
            }

            end = slots[1];
            var width = position < text.Length ? Utf8Runes.Length(text[position..]) : 1;
            position = Math.Max(position + width, end);
        }

        replaced.Write(text[end..]);
        return Value.Of(replaced.ToArray());
    }

    // $name takes the longest name there is, so that $1x is the group "1x"; an unknown group is empty.
    private static void Expand(TextBuffer buffer, Pattern pattern, ReadOnlySpan<byte> text, int[] slots, ReadOnlySpan<byte> template)
    {
        for (int dollar; (dollar = template.IndexOf((byte)'$')) >= 0;)
        {
            buffer.Write(template[..dollar]);
            template = template[(dollar + 1)..];
            if (template.StartsWith("$"u8))
            {
                buffer.Write((byte)'$');
                template = template[1..];
                continue;
            }

            var isBraced = template.StartsWith("{"u8);
            var name = template[(isBraced ? 1 : 0)..];
            var length = NameLength(name);
            if (length == 0 || (isBraced && !name[length..].StartsWith("}"u8)))
            {
                buffer.Write((byte)'$');
                continue;
            }

            template = name[(length + (isBraced ? 1 : 0))..];
            var group = GroupOf(pattern, slots, ByteText.Decode(name[..length]));
            if (group >= 0 && slots[2 * group] >= 0)
            {
                buffer.Write(text[slots[2 * group]..slots[(2 * group) + 1]]);
            }
        }

        buffer.Write(template);
    }

    private static int NameLength(ReadOnlySpan<byte> text)
    {
        var length = 0;
        while (length < text.Length)
        {
            var rune = Utf8Runes.Decode(text[length..], out var width);
            if (rune != '_' && !(Rune.IsValid(rune) && (Rune.IsLetter(new Rune(rune)) || Rune.IsDigit(new Rune(rune)))))
            {
                break;
            }

            length += width;
        }

        return length;
    }

    // A number without leading zeros, or a name, of several groups the first that takes part; -1 when there is no such group.
    private static int GroupOf(Pattern pattern, int[] slots, string name)
    {
        if (name.All(char.IsAsciiDigit) && (name.Length == 1 || name[0] != '0')
            && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < GroupNumberMax)
        {
            return number < pattern.GroupNames.Count ? number : -1;
        }

        for (var index = 1; index < pattern.GroupNames.Count; index++)
        {
            if (pattern.GroupNames[index] == name && slots[2 * index] >= 0)
            {
                return index;
            }
        }

        return -1;
    }
}
