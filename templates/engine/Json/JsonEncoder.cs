using System.Globalization;
using Sync.Templates.Diagnostics;
using Sync.Templates.Formatting;
using Sync.Templates.Time;
using Sync.Templates.Values;

namespace Sync.Templates.Json;

/// <summary>Values as JSON: keys sorted, the characters <c>&lt; &gt; &amp;</c> escaped, floats as in ECMAScript.</summary>
/// <remarks>Source: Go package encoding/json, functions Marshal and MarshalIndent, as of 1.19.</remarks>
internal sealed class JsonEncoder(TextBuffer buffer, bool isPretty, bool escapesMarkup = true)
{
    private int _depth;

    /// <summary>Writes a value.</summary>
    /// <exception cref="FunctionException">The value has no JSON form.</exception>
    public void Write(in Value value)
    {
        if (!StackRoom.IsLeft)
        {
            throw new LimitException("a value is nested too deeply to be encoded");
        }

        switch (value.DynamicKind)
        {
            case Kind.Invalid:
                buffer.Write("null"u8);
                break;
            case Kind.Bool:
                buffer.Write(value.Bool ? "true"u8 : "false"u8);
                break;
            case Kind.String:
                WriteString(value.String);
                break;
            case Kind.Slice or Kind.Map or Kind.Pointer when value.WithoutInterface().IsNil:
                buffer.Write("null"u8);
                break;
            case Kind.Pointer:
                Write(value.WithoutInterface().Pointed());
                break;
            case Kind.Slice when value.DynamicType is { } type && type.Is(GoType.Bytes):
                WriteBytes(value.List);
                break;
            case Kind.Slice or Kind.Array:
                WriteList(value.List);
                break;
            case Kind.Map:
                WriteMap(value.Map);
                break;
            case Kind.Struct when value.Reference is TimeValue time:
                WriteString(System.Text.Encoding.UTF8.GetBytes(TimeLayout.Format(time, "2006-01-02T15:04:05.999999999Z07:00")));
                break;
            case Kind.Struct:
                WriteStruct(value);
                break;
            case var kind when kind.IsFloat:
                WriteFloat(value.Float, kind.Bits);
                break;
            case var kind when kind.IsUnsigned:
                buffer.WriteDecimal(value.Uint);
                break;
            case var kind when kind.IsSigned:
                buffer.WriteDecimal(value.Int);
                break;
            default:
                throw new FunctionException($"json: unsupported type: {value.DynamicType?.Name}");
        }
    }

    private void WriteList(ListValue list)
    {
        Open('[');
        for (var index = 0; index < list.Count; index++)
        {
            Separate(index);
            Write(list[index]);
        }

        Close(']', list.Count);
    }

    private void WriteMap(MapValue map)
    {
        Open('{');
        for (var index = 0; index < map.Count; index++)
        {
            var key = map.Keys[index];
            Separate(index);
            WriteString(key.DynamicKind switch
            {
                Kind.String => key.String,
                var kind when kind.IsInteger => System.Text.Encoding.UTF8.GetBytes(kind.IsUnsigned
                    ? key.Uint.ToString(CultureInfo.InvariantCulture)
                    : key.Int.ToString(CultureInfo.InvariantCulture)),
                _ => throw new FunctionException($"json: unsupported type: map[{key.DynamicType?.Name}]"),
            });
            buffer.Write(isPretty ? ": "u8 : ":"u8);
            Write(map.Elements[index]);
        }

        Close('}', map.Count);
    }

    private void WriteStruct(in Value value)
    {
        Open('{');
        var written = 0;
        for (var index = 0; index < value.Fields.Length && value.DynamicType is { } type; index++)
        {
            if (!type.Fields[index].IsExported)
            {
                continue;
            }

            Separate(written++);
            WriteString(System.Text.Encoding.UTF8.GetBytes(type.Fields[index].Name));
            buffer.Write(isPretty ? ": "u8 : ":"u8);
            Write(value.Fields[index]);
        }

        Close('}', written);
    }

    private void WriteBytes(ListValue list)
    {
        var bytes = new byte[list.Count];
        for (var index = 0; index < bytes.Length; index++)
        {
            bytes[index] = (byte)list[index].Uint;
        }

        WriteString(System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes)));
    }

    private void WriteFloat(double number, int bits)
    {
        if (double.IsNaN(number) || double.IsInfinity(number))
        {
            throw new FunctionException($"json: unsupported value: {FloatText.Format(number, 'g', -1, bits)}");
        }

        var magnitude = Math.Abs(number);
        var isPlain = magnitude == 0 || (magnitude >= 1e-6 && magnitude < 1e21);
        var text = FloatText.Format(number, isPlain ? 'f' : 'e', -1, bits);
        // A negative exponent loses its leading zero.
        buffer.Write(text.Length > 3 && text[^4] == 'e' && text[^3] == '-' && text[^2] == '0' ? text[..^2] + text[^1] : text);
    }

    private void WriteString(ReadOnlySpan<byte> text)
    {
        buffer.Write((byte)'"');
        while (!text.IsEmpty)
        {
            var rune = Utf8Runes.Decode(text, out var length);
            switch (rune)
            {
                case '"' or '\\':
                    buffer.Write((byte)'\\');
                    buffer.Write((byte)rune);
                    break;
                case '\n':
                    buffer.Write("\\n"u8);
                    break;
                case '\r':
                    buffer.Write("\\r"u8);
                    break;
                case '\t':
                    buffer.Write("\\t"u8);
                    break;
                case '<' or '>' or '&' when !escapesMarkup:
                    buffer.Write((byte)rune);
                    break;
                case < ' ' or '<' or '>' or '&' or 0x2028 or 0x2029:
                    buffer.Write("\\u"u8);
                    buffer.Write(rune.ToString("x4", CultureInfo.InvariantCulture));
                    break;
                case 0xFFFD when Utf8Runes.IsBroken(text):
                    buffer.Write("\\ufffd"u8);
                    break;
                default:
                    buffer.Write(text[..length]);
                    break;
            }

            text = text[length..];
        }

        buffer.Write((byte)'"');
    }

    private void Open(char bracket)
    {
        buffer.Write((byte)bracket);
        _depth++;
    }

    private void Separate(int index)
    {
        if (index > 0)
        {
            buffer.Write((byte)',');
        }

        NewLine();
    }

    private void Close(char bracket, int count)
    {
        _depth--;
        if (count > 0)
        {
            NewLine();
        }

        buffer.Write((byte)bracket);
    }

    private void NewLine()
    {
        if (isPretty)
        {
            buffer.Write((byte)'\n');
            buffer.Fill((byte)' ', 2 * _depth);
        }
    }
}
