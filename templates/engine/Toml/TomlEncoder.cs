using System.Globalization;
using Sync.Templates.Diagnostics;
using Sync.Templates.Formatting;
using Sync.Templates.Json;
using Sync.Templates.Time;
using Sync.Templates.Values;

namespace Sync.Templates.Toml;

/// <summary>Maps as TOML: plain keys first, then tables, both sorted; tables in tables are indented.</summary>
/// <remarks>Source: TOML 1.0.0; the layout of the Go package BurntSushi/toml.</remarks>
internal sealed class TomlEncoder(TextBuffer buffer)
{
    private bool _hasWritten;

    /// <summary>Writes a map as one document.</summary>
    /// <exception cref="FunctionException">The value is no map, or holds what TOML cannot say.</exception>
    public void Write(in Value value)
    {
        var root = value.WithoutInterface();
        if (root.DynamicKind != Kind.Map)
        {
            throw new FunctionException($"toTOML: top-level values must be Go maps or structs, not {root.DynamicType?.Name ?? "nil"}");
        }

        Table(root, [], depth: 0);
    }

    private void Table(in Value table, string[] path, int depth)
    {
        if (!StackRoom.IsLeft)
        {
            throw new LimitException("a value is nested too deeply to be encoded");
        }

        var map = table.Map;
        for (var index = 0; index < map.Count; index++)
        {
            var element = map.Elements[index].WithoutInterface();
            if (element.IsValid && !IsTable(element) && !IsTableList(element))
            {
                buffer.Fill((byte)' ', 2 * depth);
                buffer.Write($"{Name(map.Keys[index])} = ");
                Inline(element);
                buffer.Write((byte)'\n');
                _hasWritten = true;
            }
        }

        for (var index = 0; index < map.Count; index++)
        {
            var element = map.Elements[index].WithoutInterface();
            string[] inner = [.. path, Name(map.Keys[index])];
            if (IsTable(element))
            {
                Header($"[{string.Join('.', inner)}]", depth);
                Table(element, inner, depth + 1);
            }
            else if (IsTableList(element))
            {
                foreach (var item in element.List.Items)
                {
                    Header($"[[{string.Join('.', inner)}]]", depth);
                    Table(item.WithoutInterface(), inner, depth + 1);
                }
            }
        }
    }

    private void Header(string header, int depth)
    {
        buffer.Write(_hasWritten ? "\n"u8 : ""u8);
        buffer.Fill((byte)' ', 2 * depth);
        buffer.Write(header + "\n");
        _hasWritten = true;
    }

    private static bool IsTable(in Value value) => value.DynamicKind == Kind.Map;

    private static bool IsTableList(in Value value)
    {
        if (value.DynamicKind is not (Kind.Slice or Kind.Array) || value.Length == 0)
        {
            return false;
        }

        foreach (var item in value.List.Items)
        {
            if (item.DynamicKind != Kind.Map)
            {
                return false;
            }
        }

        return true;
    }

    private static string Name(in Value key)
    {
        var text = key.Text;
        return text.Length > 0 && text.All(symbol => char.IsAsciiLetterOrDigit(symbol) || symbol is '-' or '_')
            ? text
            : QuotedText.Quote(text);
    }

    private void Inline(in Value value)
    {
        switch (value.DynamicKind)
        {
            case Kind.String:
                new JsonEncoder(buffer, isPretty: false, escapesMarkup: false).Write(value);
                break;
            case Kind.Float32 or Kind.Float64:
                buffer.Write(Number(value.Float, value.DynamicKind.Bits));
                break;
            case Kind.Slice or Kind.Array:
                buffer.Write((byte)'[');
                var items = value.List.Items;
                for (var index = 0; index < items.Length; index++)
                {
                    buffer.Write(index > 0 ? ", "u8 : ""u8);
                    Inline(items[index].WithoutInterface());
                }

                buffer.Write((byte)']');
                break;
            case Kind.Struct when value.Reference is TimeValue time:
                buffer.Write(TimeLayout.Format(time, "2006-01-02T15:04:05.999999999Z07:00"));
                break;
            case Kind.Bool:
            case var kind when kind.IsInteger:
                new Printer(buffer).PrintArgument(value, 'v');
                break;
            default:
                throw new FunctionException(string.Create(CultureInfo.InvariantCulture,
                    $"toTOML: a value of type {value.DynamicType?.Name ?? "nil"} has no form in TOML"));
        }
    }

    private static string Number(double number, int bits)
    {
        if (!double.IsFinite(number))
        {
            return double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        }

        var text = FloatText.Format(number, 'f', -1, bits);
        return text.Contains('.', StringComparison.Ordinal) ? text : text + ".0";
    }
}
