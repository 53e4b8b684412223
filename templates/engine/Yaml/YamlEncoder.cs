using Sync.Templates.Diagnostics;
using Sync.Templates.Formatting;
using Sync.Templates.Json;
using Sync.Templates.Values;

namespace Sync.Templates.Yaml;

/// <summary>Values as YAML in block style: keys sorted, lists not indented below their key, names of fields in lower case.</summary>
/// <remarks>
/// Source: go-yaml version 2, function Marshal, as <c>toYaml</c> and <c>toYAML</c> have it. Long lines are not folded.
/// </remarks>
internal sealed class YamlEncoder(TextBuffer buffer)
{
    /// <summary>Writes a value as one document, which ends with a newline.</summary>
    public void Write(in Value value)
    {
        if (!IsBlock(value))
        {
            Scalar(value, indent: 0);
            buffer.Write((byte)'\n');
            return;
        }

        Block(value, indent: 0, isInline: false);
    }

    private static Value Resolved(in Value value)
    {
        var resolved = value.WithoutInterface();
        while (resolved.Kind == Kind.Pointer && !resolved.IsNil)
        {
            resolved = resolved.Pointed().WithoutInterface();
        }

        return resolved;
    }

    private static bool IsBlock(in Value value) => Resolved(value) is var resolved
        && resolved.DynamicKind is Kind.Map or Kind.Slice or Kind.Array or Kind.Struct
        && OwnText.Of(resolved) is null
        && (resolved.DynamicKind == Kind.Struct ? resolved.Fields.Length > 0 : resolved.Length > 0);

    // What stands in the line of a dash begins there.
    private void Block(in Value value, int indent, bool isInline)
    {
        if (!StackRoom.IsLeft)
        {
            throw new LimitException("a value is nested too deeply to be encoded");
        }

        var resolved = Resolved(value);
        switch (resolved.DynamicKind)
        {
            case Kind.Map:
                var map = resolved.Map;
                for (var index = 0; index < map.Count; index++)
                {
                    Entry(map.Keys[index], map.Elements[index], indent, isInline && index == 0);
                }

                break;
            case Kind.Struct:
                var fields = resolved.Fields;
                for (var index = 0; index < fields.Length; index++)
                {
                    Entry(Value.Of(resolved.DynamicType?.Fields[index].Name.ToLowerInvariant() ?? ""), fields[index], indent,
                        isInline && index == 0);
                }

                break;
            default:
                var items = resolved.List.Items;
                for (var index = 0; index < items.Length; index++)
                {
                    if (!isInline || index > 0)
                    {
                        buffer.Fill((byte)' ', indent);
                    }

                    buffer.Write("- "u8);
                    Item(items[index], indent);
                }

                break;
        }
    }

    private void Item(in Value item, int indent)
    {
        if (IsBlock(item))
        {
            Block(item, indent + 2, isInline: true);
            return;
        }

        Scalar(item, indent);
        buffer.Write((byte)'\n');
    }

    private void Entry(in Value key, in Value element, int indent, bool isInline)
    {
        if (!isInline)
        {
            buffer.Fill((byte)' ', indent);
        }

        Scalar(key, indent);
        buffer.Write((byte)':');
        if (IsBlock(element))
        {
            buffer.Write((byte)'\n');
            Block(element, Resolved(element).DynamicKind is Kind.Slice or Kind.Array ? indent : indent + 2, isInline: false);
            return;
        }

        buffer.Write((byte)' ');
        Scalar(element, indent);
        buffer.Write((byte)'\n');
    }

    private void Scalar(in Value value, int indent)
    {
        var resolved = Resolved(value);
        switch (resolved.DynamicKind)
        {
            case var _ when OwnText.Of(resolved) is { } own:
                Text(own, indent);
                break;
            case Kind.String:
                Text(resolved.String, indent);
                break;
            case Kind.Invalid or Kind.Pointer:
                buffer.Write("null"u8);
                break;
            case Kind.Map or Kind.Struct:
                buffer.Write("{}"u8);
                break;
            case Kind.Slice or Kind.Array:
                buffer.Write("[]"u8);
                break;
            case Kind.Float32 or Kind.Float64:
                buffer.Write(Number(resolved.Float, resolved.DynamicKind.Bits));
                break;
            default:
                new Printer(buffer).PrintArgument(resolved, 'v');
                break;
        }
    }

    private static string Number(double number, int bits) => double.IsNaN(number) ? ".nan"
        : double.IsInfinity(number) ? (number > 0 ? ".inf" : "-.inf")
        : FloatText.Format(number, 'g', -1, bits);

    private void Text(byte[] bytes, int indent)
    {
        var text = ByteText.Decode(bytes);
        if (text.Contains('\n', StringComparison.Ordinal) && text.Trim().Length > 0 && !text.StartsWith(' ') && !text.Any(IsUnprintable))
        {
            Literal(text, indent + 2);
        }
        else if (YamlScalar.Read(text) is not { DynamicKind: Kind.String } || text.Any(IsUnprintable))
        {
            // Would be read as something else; JSON's strings are YAML's too.
            new JsonEncoder(buffer, isPretty: false, escapesMarkup: false).Write(Value.Of(bytes));
        }
        else if (MayStandPlain(text))
        {
            buffer.Write(bytes);
        }
        else
        {
            buffer.Write(ByteText.Encode($"'{text.Replace("'", "''", StringComparison.Ordinal)}'"));
        }
    }

    private void Literal(string text, int indent)
    {
        var body = text.TrimEnd('\n');
        buffer.Write((text.Length - body.Length) switch { 0 => "|-\n"u8, 1 => "|\n"u8, _ => "|+\n"u8 });
        var lines = (text.Length - body.Length > 1 ? text[..^1] : body).Split('\n');
        for (var index = 0; index < lines.Length; index++)
        {
            buffer.Write(index > 0 ? "\n"u8 : ""u8);
            buffer.Fill((byte)' ', lines[index].Length > 0 ? indent : 0);
            buffer.Write(ByteText.Encode(lines[index]));
        }
    }

    private static bool IsUnprintable(char symbol) =>
        (symbol < ' ' && symbol is not '\n') || symbol is '\u007f' or '\u0085' or '\u2028' or '\u2029' or '\ufeff';

    private static bool MayStandPlain(string text)
    {
        var first = text[0];
        return !"#,[]{}&*!|>'\"%@`".Contains(first, StringComparison.Ordinal)
            && !(first is '-' or '?' or ':' && (text.Length == 1 || text[1] == ' '))
            && first != ' ' && text[^1] is not (' ' or ':')
            && !text.Contains(": ", StringComparison.Ordinal) && !text.Contains(" #", StringComparison.Ordinal)
            && !text.Contains('\n', StringComparison.Ordinal)
            && !text.StartsWith("---", StringComparison.Ordinal) && !text.StartsWith("...", StringComparison.Ordinal);
    }
}
