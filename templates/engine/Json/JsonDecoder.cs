using System.Globalization;
using System.Text;
using Sync.Templates.Diagnostics;
using Sync.Templates.Formatting;
using Sync.Templates.Values;

namespace Sync.Templates.Json;

/// <summary>
/// JSON into values: every number a float64 unless integers are wanted as such, of equal keys the last wins, broken text as
/// U+FFFD.
/// </summary>
/// <remarks>Source: Go package encoding/json, function Unmarshal, as of 1.19, error texts included.</remarks>
internal ref struct JsonDecoder
{
    private readonly ReadOnlySpan<byte> _text;
    private readonly bool _keepsIntegers;
    private int _position;

    private JsonDecoder(ReadOnlySpan<byte> text, bool keepsIntegers)
    {
        _text = text;
        _keepsIntegers = keepsIntegers;
    }

    /// <summary>Decodes a text into a type.</summary>
    /// <param name="text">The JSON text.</param>
    /// <param name="target">A map, a list, or any.</param>
    /// <param name="keepsIntegers">
    /// Whether a number without point and exponent that fits 64 bits is an int, or above those a uint64.
    /// </param>
    /// <exception cref="FunctionException">The text is malformed or of another type.</exception>
    public static Value Decode(ReadOnlySpan<byte> text, GoType target, bool keepsIntegers = false)
    {
        // Syntax comes first: the whole text is checked before any of it counts.
        new JsonSyntax(text).Check();
        var decoder = new JsonDecoder(text, keepsIntegers);
        var (kind, found) = KindOf(decoder.SkipSpace());
        if (kind == Kind.Invalid)
        {
            return target.Kind == Kind.Interface ? default : Value.OfReference(target, null);
        }

        return target.Kind == Kind.Interface || target.Kind == kind
            ? decoder.ReadValue(isTop: true)
            : throw new FunctionException($"json: cannot unmarshal {found} into Go value of type {target.Name}");
    }

    private static (Kind Kind, string Name) KindOf(byte first) => first switch
    {
        (byte)'{' => (Kind.Map, "object"),
        (byte)'[' => (Kind.Slice, "array"),
        (byte)'"' => (Kind.String, "string"),
        (byte)'t' or (byte)'f' => (Kind.Bool, "bool"),
        (byte)'n' => (Kind.Invalid, "null"),
        _ => (Kind.Float64, "number"),
    };

    private Value ReadValue(bool isTop)
    {
        if (!StackRoom.IsLeft)
        {
            throw new LimitException("a JSON text is nested too deeply for this thread");
        }

        SkipSpace();
        switch (_text[_position])
        {
            case (byte)'{':
                return ReadObject();
            case (byte)'[':
                return ReadArray(isTop);
            case (byte)'"':
                return Value.Of(ReadString());
            case (byte)'t':
                _position += 4;
                return Value.True;
            case (byte)'f':
                _position += 5;
                return Value.False;
            case (byte)'n':
                _position += 4;
                return default;
            default:
                return ReadNumber();
        }
    }

    private Value ReadObject()
    {
        var entries = new List<KeyValuePair<byte[], Value>>();
        _position++;
        while (SkipSpace() != '}')
        {
            if (_text[_position] == ',')
            {
                _position++;
                SkipSpace();
            }

            var key = ReadString();
            SkipSpace();
            _position++;
            entries.Add(new(key, ReadValue(isTop: false)));
        }

        _position++;
        return Value.OfMap(entries);
    }

    private Value ReadArray(bool isTop)
    {
        var items = new List<Value>();
        _position++;
        while (SkipSpace() != ']')
        {
            if (_text[_position] == ',')
            {
                _position++;
            }

            items.Add(ReadValue(isTop: false).In(Slot.Any));
        }

        _position++;
        // Go grows lists ahead of need, and slice reaches into what it set aside.
        var capacity = items.Count == 0 ? 0 : isTop ? TopCapacity(items.Count) : AppendCapacity(items.Count);
        var storage = new Value[capacity];
        storage.AsSpan().Fill(Value.NilInterface);
        items.CopyTo(storage);
        return Value.OfReference(GoType.List, new ListValue(storage, 0, items.Count, capacity));
    }

    private static int TopCapacity(int count)
    {
        var capacity = 0;
        while (capacity < count)
        {
            capacity = Math.Max(4, capacity + (capacity / 2));
        }

        return capacity;
    }

    private static int AppendCapacity(int count)
    {
        var capacity = 1;
        while (capacity < count)
        {
            capacity += capacity < 256 ? capacity : (capacity + (3 * 256)) / 4;
        }

        return capacity;
    }

    private Value ReadNumber()
    {
        var start = _position;
        while (_position < _text.Length && "+-.eE0123456789"u8.Contains(_text[_position]))
        {
            _position++;
        }

        var text = Encoding.ASCII.GetString(_text[start.._position]);
        if (_keepsIntegers && !text.AsSpan().ContainsAny(".eE"))
        {
            if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
            {
                return Value.Of(integer);
            }

            if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var unsigned))
            {
                return Value.OfBits(GoType.Uint64, unchecked((long)unsigned));
            }
        }

        return NumberText.TryFloat(text, out var number)
            ? Value.Of(number)
            : throw new FunctionException($"json: cannot unmarshal number {text} into Go value of type float64");
    }

    private byte[] ReadString()
    {
        using var text = new TextBuffer(int.MaxValue);
        _position++;
        while (_text[_position] != '"')
        {
            if (_text[_position] == '\\')
            {
                ReadEscape(text);
                continue;
            }

            text.WriteRune(Utf8Runes.Decode(_text[_position..], out var length));
            _position += length;
        }

        _position++;
        return text.ToArray();
    }

    private void ReadEscape(TextBuffer text)
    {
        var symbol = _text[_position + 1];
        _position += 2;
        if (symbol != 'u')
        {
            text.Write(symbol switch
            {
                (byte)'b' => (byte)'\b',
                (byte)'f' => (byte)'\f',
                (byte)'n' => (byte)'\n',
                (byte)'r' => (byte)'\r',
                (byte)'t' => (byte)'\t',
                _ => symbol,
            });
            return;
        }

        var unit = ReadUnit(_position);
        _position += 4;
        if (char.IsHighSurrogate((char)unit) && _text[_position..].StartsWith("\\u"u8)
            && ReadUnit(_position + 2) is var low && char.IsLowSurrogate((char)low))
        {
            _position += 6;
            unit = char.ConvertToUtf32((char)unit, (char)low);
        }

        text.WriteRune(unit);
    }

    private readonly int ReadUnit(int position) =>
        int.Parse(_text.Slice(position, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private byte SkipSpace()
    {
        while (_text[_position] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            _position++;
        }

        return _text[_position];
    }
}
