using Sync.Templates.Formatting;
using Sync.Templates.Functions.Extended;
using Sync.Templates.Functions.Own;
using Sync.Templates.Values;

namespace Sync.Templates.Functions.Consul;

/// <summary>
/// consul-template's functions over texts, whose subject comes last so that it can be piped: <c>join split splitToMap
/// trim trimPrefix trimSuffix trimSpace replaceAll toTitle indent regexReplaceAll</c>, and its encodings and hashes.
/// </summary>
/// <remarks>Source: consul-template, <c>docs/templating-language.md</c>.</remarks>
internal static class ArgumentOrderFunctions
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Function.Of("join", [GoType.String, GoType.Any], GoType.String, Join),
        Function.Of("split", [GoType.String, GoType.String], GoType.Strings, static (scope, arguments) =>
            Value.OfStrings(Pieces(scope, arguments[0].String, arguments[1].String))),
        Function.Of("splitToMap", [GoType.String, GoType.String, GoType.String], GoType.StringMap, SplitToMap),
        Function.Of("trim", [GoType.String, GoType.String], GoType.String, static (_, arguments) =>
            Value.Of(arguments[1].Text.Trim(arguments[0].Text.ToCharArray()))),
        Function.Of("trimPrefix", [GoType.String, GoType.String], GoType.String, static (_, arguments) =>
            arguments[1].String.AsSpan().StartsWith(arguments[0].String) ? Value.Of(arguments[1].String[arguments[0].Length..]) : arguments[1]),
        Function.Of("trimSuffix", [GoType.String, GoType.String], GoType.String, static (_, arguments) =>
            arguments[1].String.AsSpan().EndsWith(arguments[0].String) ? Value.Of(arguments[1].String[..^arguments[0].Length]) : arguments[1]),
        Function.Of("trimSpace", [GoType.String], GoType.String, static (_, arguments) => Value.Of(TrimSpace(arguments[0].String))),
        Function.Of("replaceAll", [GoType.String, GoType.String, GoType.String], GoType.String, static (scope, arguments) =>
            TextFunctions.Replace(scope, [arguments[2], arguments[0], arguments[1], Value.Of(-1L)])),
        Function.Of("toTitle", [GoType.String], GoType.String, static (_, arguments) => Value.Of(ToTitle(arguments[0].Text))),
        Function.Of("indent", [GoType.Int, GoType.String], GoType.String, Indent),
        Function.Of("regexReplaceAll", [GoType.String, GoType.String, GoType.String], GoType.String, static (scope, arguments) =>
            RegexFunctions.ReplaceAll(scope, [arguments[0], arguments[2], arguments[1]])),
    ];

    /// <summary>The text without white space at both ends.</summary>
    internal static byte[] TrimSpace(ReadOnlySpan<byte> text) => ByteText.Encode(ByteText.Decode(text).AsSpan().Trim());

    /// <summary>What separators leave of a text; nothing of an empty one. White space around the whole does not count.</summary>
    internal static IReadOnlyList<byte[]> Pieces(RenderScope scope, ReadOnlySpan<byte> separator, ReadOnlySpan<byte> text)
    {
        var trimmed = TrimSpace(text);
        return trimmed.Length == 0 ? [] : TextFunctions.Split(scope, trimmed, separator);
    }

    private static Value Join(RenderScope scope, ReadOnlySpan<Value> arguments) =>
        arguments[1].DynamicType is null ? Value.Of("") : OwnTextFunctions.Join(scope, [arguments[1], arguments[0]]);

    // A piece without the inner separator is left out.
    private static Value SplitToMap(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var inner = arguments[1].String;
        var entries = new List<KeyValuePair<Value, Value>>();
        foreach (var piece in Pieces(scope, arguments[0].String, arguments[2].String))
        {
            var found = piece.AsSpan().IndexOf(inner);
            if (found >= 0)
            {
                entries.Add(new(Value.Of(piece[..found]), Value.Of(piece[(found + inner.Length)..])));
            }
        }

        return Value.OfReference(GoType.StringMap, MapValue.Of(entries));
    }

    private static string ToTitle(string text)
    {
        var letters = text.ToCharArray();
        for (var index = 0; index < letters.Length; index++)
        {
            if (index == 0 || !(char.IsLetterOrDigit(letters[index - 1]) || letters[index - 1] is '\'' or '_'))
            {
                letters[index] = char.ToUpperInvariant(letters[index]);
            }
        }

        return new string(letters);
    }

    // Empty lines stay empty.
    private static Value Indent(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        if (arguments[0].Int < 0)
        {
            throw new FunctionException("indent value must be a positive integer");
        }

        using var indented = scope.NewText();
        var spaces = (int)Math.Min(arguments[0].Int, scope.Limits.OutputBytesMax);
        var atStart = true;
        foreach (var symbol in arguments[1].String)
        {
            if (atStart && symbol != '\n')
            {
                indented.Fill((byte)' ', spaces);
            }

            indented.Write(symbol);
            atStart = symbol == '\n';
        }

        return Value.Of(indented.ToArray());
    }
}
