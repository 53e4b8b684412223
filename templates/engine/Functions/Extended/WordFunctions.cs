using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sync.Templates.Formatting;
using Sync.Templates.Values;

namespace Sync.Templates.Functions.Extended;

/// <summary>
/// Functions over texts: <c>indent nindent quote squote trimPrefix repeat nospace snakecase camelcase kebabcase
/// sha256sum</c>.
/// </summary>
/// <remarks>Source: documentation of abtreece/confd, "Template functions".</remarks>
internal static class WordFunctions
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Function.Of("indent", [GoType.Int, GoType.String], GoType.String,
            static (scope, arguments) => Value.Of(Indent(scope, arguments[0].Int, arguments[1].String))),
        Function.Of("nindent", [GoType.Int, GoType.String], GoType.String, static (scope, arguments) =>
            Value.Of([(byte)'\n', .. Indent(scope, arguments[0].Int, arguments[1].String)])),
        Function.Of("quote", [GoType.String], GoType.String,
            static (_, arguments) => Value.Of(QuotedText.Quote(arguments[0].String))),
        Function.Of("squote", [GoType.String], GoType.String, QuoteSingle),
        Function.Of("trimPrefix", [GoType.String, GoType.String], GoType.String, TrimPrefix),
        Function.Of("repeat", [GoType.Int, GoType.String], GoType.String, Repeat),
        Function.Of("nospace", [GoType.String], GoType.String, RemoveSpace),
        Function.Of("snakecase", [GoType.String], GoType.String,
            static (_, arguments) => Value.Of(string.Join('_', Words(arguments[0].Text)).ToLowerInvariant())),
        Function.Of("kebabcase", [GoType.String], GoType.String,
            static (_, arguments) => Value.Of(string.Join('-', Words(arguments[0].Text)).ToLowerInvariant())),
        Function.Of("camelcase", [GoType.String], GoType.String,
            static (_, arguments) => Value.Of(Camel(Words(arguments[0].Text)))),
        Function.Of("sha256sum", [GoType.String], GoType.String,
            static (_, arguments) => Value.Of(Convert.ToHexStringLower(SHA256.HashData(arguments[0].String)))),
    ];

    // Every line is indented, empty ones and the one after a final newline too; an empty text stays empty.
    private static byte[] Indent(RenderScope scope, long width, ReadOnlySpan<byte> text)
    {
        using var indented = scope.NewText();
        var spaces = (int)Math.Clamp(width, 0, scope.Limits.OutputBytesMax);
        if (text.IsEmpty)
        {
            return [];
        }

        indented.Fill((byte)' ', spaces);
        foreach (var symbol in text)
        {
            indented.Write(symbol);
            if (symbol == '\n')
            {
                indented.Fill((byte)' ', spaces);
            }
        }

        return indented.ToArray();
    }

    private static Value QuoteSingle(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        using var quoted = scope.NewText();
        quoted.Write((byte)'\'');
        foreach (var symbol in arguments[0].String)
        {
            quoted.Write(symbol);
            if (symbol == '\'')
            {
                quoted.Write(symbol);
            }
        }

        quoted.Write((byte)'\'');
        return Value.Of(quoted.ToArray());
    }

    private static Value TrimPrefix(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var (text, prefix) = (arguments[0].String, arguments[1].String);
        return text.AsSpan().StartsWith(prefix) ? Value.Of(text[prefix.Length..]) : arguments[0];
    }

    private static Value Repeat(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var count = arguments[1].Length == 0 ? 0 : Math.Max(arguments[0].Int, 0);
        scope.CheckLength(count > int.MaxValue ? long.MaxValue : count * arguments[1].Length);
        using var repeated = scope.NewText();
        for (var index = 0L; index < count; index++)
        {
            repeated.Write(arguments[1].String);
        }

        return Value.Of(repeated.ToArray());
    }

    private static Value RemoveSpace(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        using var kept = scope.NewText();
        ReadOnlySpan<byte> text = arguments[0].String;
        while (!text.IsEmpty)
        {
            var rune = Utf8Runes.Decode(text, out var length);
            if (!Rune.IsWhiteSpace(new Rune(rune)))
            {
                kept.Write(text[..length]);
            }

            text = text[length..];
        }

        return Value.Of(kept.ToArray());
    }

    // Words end at separators, before a capital after a small letter, and before the last capital of several.
    private static List<string> Words(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        for (var index = 0; index < text.Length; index++)
        {
            var symbol = text[index];
            var isSeparator = symbol is '_' or '-' or ' ';
            var beginsWord = index > 0 && char.IsUpper(symbol)
                && (!char.IsUpper(text[index - 1]) || (index + 1 < text.Length && char.IsLower(text[index + 1])));
            if ((isSeparator || beginsWord) && word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }

            if (!isSeparator)
            {
                word.Append(symbol);
            }
        }

        if (word.Length > 0)
        {
            words.Add(word.ToString());
        }

        return words;
    }

    private static string Camel(List<string> words) => string.Concat(words.Select((word, index) =>
        index == 0 ? word.ToLowerInvariant() : CultureInfo.InvariantCulture.TextInfo.ToTitleCase(word.ToLowerInvariant())));
}
