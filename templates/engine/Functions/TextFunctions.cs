using System.Buffers.Text;
using System.Text;
using Sync.Templates.Formatting;
using Sync.Templates.Values;

namespace Sync.Templates.Functions;

/// <summary>confd's functions over texts and paths.</summary>
/// <remarks>Source: confd documentation, "Templates".</remarks>
internal static class TextFunctions
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Function.Of("base", [GoType.String], GoType.String,
            static (_, arguments) => Value.Of(PathText.Base(arguments[0].String))),
        Function.Of("dir", [GoType.String], GoType.String,
            static (_, arguments) => Value.Of(PathText.Directory(arguments[0].String))),
        Function.Of("split", [GoType.String, GoType.String], GoType.Strings,
            static (scope, arguments) => Value.OfStrings(Split(scope, arguments[0].String, arguments[1].String))),
        Function.Of("join", [GoType.Strings, GoType.String], GoType.String, Join),
        Function.Of("toUpper", [GoType.String], GoType.String,
            static (_, arguments) => Value.Of(CaseText.ToUpper(arguments[0].String))),
        Function.Of("toLower", [GoType.String], GoType.String,
            static (_, arguments) => Value.Of(CaseText.ToLower(arguments[0].String))),
        Function.Of("contains", [GoType.String, GoType.String], GoType.Bool,
            static (_, arguments) => Value.Of(arguments[0].String.AsSpan().IndexOf(arguments[1].String) >= 0)),
        Function.Of("replace", [GoType.String, GoType.String, GoType.String, GoType.Int], GoType.String, Replace),
        Function.Of("trimSuffix", [GoType.String, GoType.String], GoType.String, TrimSuffix),
        Function.Of("base64Encode", [GoType.String], GoType.String, EncodeBase64),
        Function.Of("base64Decode", [GoType.String], GoType.String,
            static (_, arguments) => Value.Of(Base64Text.Decode(arguments[0].String))),
        Function.Of("parseBool", [GoType.String], GoType.Bool, ParseBool),
        Function.Of("atoi", [GoType.String], GoType.Int, ParseInteger),
    ];

    /// <summary>The pieces between separators; an empty separator cuts between characters.</summary>
    internal static List<byte[]> Split(RenderScope scope, ReadOnlySpan<byte> text, ReadOnlySpan<byte> separator)
    {
        var pieces = new List<byte[]>();
        if (separator.IsEmpty)
        {
            // A byte that is no text becomes U+FFFD, but for the last one.
            while (!text.IsEmpty)
            {
                var isText = Utf8Runes.Decode(text, out var length) != Rune.ReplacementChar.Value || length == text.Length;
                pieces.Add(isText ? text[..length].ToArray() : [0xEF, 0xBF, 0xBD]);
                text = text[length..];
            }
        }
        else
        {
            for (int found; (found = text.IndexOf(separator)) >= 0; text = text[(found + separator.Length)..])
            {
                pieces.Add(text[..found].ToArray());
            }

            pieces.Add(text.ToArray());
        }

        scope.CheckCount(pieces.Count);
        return pieces;
    }

    internal static Value Join(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        using var text = scope.NewText();
        var items = arguments[0].List.Items;
        for (var index = 0; index < items.Length; index++)
        {
            text.Write(index > 0 ? arguments[1].String : []);
            text.Write(items[index].String);
        }

        return Value.Of(text.ToArray());
    }

    // An empty old text stands before each character and at the end.
    internal static Value Replace(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        ReadOnlySpan<byte> text = arguments[0].String;
        ReadOnlySpan<byte> old = arguments[1].String;
        using var result = scope.NewText();
        var left = arguments[3].Int < 0 ? long.MaxValue : arguments[3].Int;
        for (var count = 0L; count < left; count++)
        {
            var found = old.IsEmpty
                ? count == 0 ? 0 : text.IsEmpty ? -1 : Utf8Runes.Length(text)
                : text.IndexOf(old);
            if (found < 0)
            {
                break;
            }

            result.Write(text[..found]);
            result.Write(arguments[2].String);
            text = text[(found + old.Length)..];
        }

        result.Write(text);
        return Value.Of(result.ToArray());
    }

    private static Value TrimSuffix(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var (text, suffix) = (arguments[0].String, arguments[1].String);
        return text.AsSpan().EndsWith(suffix) ? Value.Of(text[..^suffix.Length]) : arguments[0];
    }

    internal static Value EncodeBase64(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        scope.CheckLength(arguments[0].Length * 4L / 3);
        var encoded = new byte[Base64.GetMaxEncodedToUtf8Length(arguments[0].Length)];
        Base64.EncodeToUtf8(arguments[0].String, encoded, out _, out var written);
        return Value.Of(encoded[..written]);
    }

    internal static Value ParseBool(RenderScope scope, ReadOnlySpan<Value> arguments) => arguments[0].Text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => Value.True,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => Value.False,
        _ => throw new FunctionException(
            $"strconv.ParseBool: parsing {QuotedText.Quote(arguments[0].String)}: invalid syntax"),
    };

    private static Value ParseInteger(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var text = arguments[0].Text;
        var digits = text.StartsWith('-') || text.StartsWith('+') ? text[1..] : text;
        if (digits.Length == 0 || !digits.All(char.IsAsciiDigit))
        {
            throw new FunctionException($"strconv.Atoi: parsing {QuotedText.Quote(arguments[0].String)}: invalid syntax");
        }

        return long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign,
            System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? Value.Of(number)
            : throw new FunctionException(
                $"strconv.Atoi: parsing {QuotedText.Quote(arguments[0].String)}: value out of range");
    }
}
