using Sync.Templates.Formatting;
using Sync.Templates.Values;

namespace Sync.Templates.Functions;

/// <summary>Go's <c>html js urlquery</c>.</summary>
/// <remarks>Source: Go package text/template, "Functions", as of 1.19.</remarks>
internal static class Escapes
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Function.Variadic("html", [GoType.Any], GoType.String,
            static (scope, arguments) => Escape(scope, arguments, Html)),
        Function.Variadic("js", [GoType.Any], GoType.String,
            static (scope, arguments) => Escape(scope, arguments, JavaScript)),
        Function.Variadic("urlquery", [GoType.Any], GoType.String,
            static (scope, arguments) => Escape(scope, arguments, UrlQuery)),
    ];

    private delegate void Escaper(TextBuffer buffer, ReadOnlySpan<byte> text);

    private static Value Escape(RenderScope scope, ReadOnlySpan<Value> arguments, Escaper escaper)
    {
        var plain = arguments is [{ DynamicKind: Kind.String }] ? arguments[0].String : Print(scope, arguments);
        using var text = scope.NewText();
        escaper(text, plain);
        return Value.Of(text.ToArray());
    }

    // What the template itself would print: pointers followed, nothing as <no value>.
    private static byte[] Print(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var printed = new Value[arguments.Length];
        for (var index = 0; index < printed.Length; index++)
        {
            var value = arguments[index].Kind == Kind.Pointer && !arguments[index].Type.Is(GoType.ErrorPointer)
                ? arguments[index].Indirect(out _)
                : arguments[index];
            printed[index] = value.IsValid ? value : Value.Of("<no value>"u8.ToArray());
        }

        return scope.Print(printed);
    }

    private static void Html(TextBuffer buffer, ReadOnlySpan<byte> text)
    {
        foreach (var symbol in text)
        {
            switch (symbol)
            {
                case 0: buffer.Write("\uFFFD"); break;
                case (byte)'"': buffer.Write("&#34;"u8); break;
                case (byte)'\'': buffer.Write("&#39;"u8); break;
                case (byte)'&': buffer.Write("&amp;"u8); break;
                case (byte)'<': buffer.Write("&lt;"u8); break;
                case (byte)'>': buffer.Write("&gt;"u8); break;
                default: buffer.Write(symbol); break;
            }
        }
    }

    private static void JavaScript(TextBuffer buffer, ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            var rune = Utf8Runes.Decode(text, out var length);
            switch (rune)
            {
                case '\\' or '\'' or '"':
                    buffer.Write((byte)'\\');
                    buffer.Write((byte)rune);
                    break;
                case '<' or '>' or '&' or '=' or < ' ':
                    WriteEscape(buffer, rune);
                    break;
                case < 0x80:
                    buffer.Write((byte)rune);
                    break;
                default:
                    if (QuotedText.IsPrintable(rune))
                    {
                        buffer.Write(text[..length]);
                    }
                    else
                    {
                        WriteEscape(buffer, rune);
                    }

                    break;
            }

            text = text[length..];
        }
    }

    private static void WriteEscape(TextBuffer buffer, int rune)
    {
        buffer.Write("\\u"u8);
        buffer.Write(rune.ToString("X4", null));
    }

    private static void UrlQuery(TextBuffer buffer, ReadOnlySpan<byte> text)
    {
        foreach (var symbol in text)
        {
            if (char.IsAsciiLetterOrDigit((char)symbol) || symbol is (byte)'-' or (byte)'_' or (byte)'.' or (byte)'~')
            {
                buffer.Write(symbol);
            }
            else if (symbol == ' ')
            {
                buffer.Write((byte)'+');
            }
            else
            {
                buffer.Write((byte)'%');
                buffer.Write("0123456789ABCDEF"u8[symbol >> 4]);
                buffer.Write("0123456789ABCDEF"u8[symbol & 15]);
            }
        }
    }
}
