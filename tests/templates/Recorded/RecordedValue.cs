using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Sync.Templates.Formatting;
using Sync.Templates.Time;
using Sync.Templates.Values;

namespace Sync.Templates.Tests.Recorded;

/// <summary>Reads the notation of values in the corpus, which its README describes.</summary>
internal static class RecordedValue
{
    private static readonly Dictionary<string, GoType> Named = new[]
    {
        GoType.Bool, GoType.Int, GoType.Int8, GoType.Int16, GoType.Int32, GoType.Int64, GoType.Uint, GoType.Uint8,
        GoType.Uint16, GoType.Uint32, GoType.Uint64, GoType.Uintptr, GoType.Float32, GoType.Float64,
        GoType.Complex64, GoType.Complex128, GoType.String, GoType.Any, GoType.Error, GoType.KeyValue,
        GoType.KeyValues, GoType.ServiceRecord, GoType.Time, GoType.Duration, GoType.Month, GoType.Weekday,
    }.ToDictionary(type => type.Name);

    public static Value Read(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.True => Value.True,
        JsonValueKind.False => Value.False,
        JsonValueKind.Number => Value.Of(json.GetDouble()),
        JsonValueKind.String => Value.Of(json.GetString() ?? ""),
        JsonValueKind.Array => Value.OfList(json.EnumerateArray().Select(Read)),
        JsonValueKind.Object when json.TryGetProperty("$go", out var go) => ReadTyped(json, go.GetString() ?? ""),
        JsonValueKind.Object => Value.OfMap(json.EnumerateObject().Select(property =>
            new KeyValuePair<byte[], Value>(Encoding.UTF8.GetBytes(property.Name), Read(property.Value)))),
        _ => default,
    };

    public static GoType Type(string text) => text switch
    {
        "interface{}" => GoType.Any,
        _ when Named.TryGetValue(text, out var named) => named,
        _ when text.StartsWith("[]", StringComparison.Ordinal) => Canonical(GoType.SliceOf(Type(text[2..]))),
        _ when text.StartsWith("map[", StringComparison.Ordinal) && Closing(text) is var end =>
            Canonical(GoType.MapOf(Type(text[4..end]), Type(text[(end + 1)..]))),
        _ when text.StartsWith('[') && text.IndexOf(']') is var end =>
            GoType.ArrayOf(int.Parse(text[1..end], CultureInfo.InvariantCulture), Type(text[(end + 1)..])),
        _ when text.StartsWith('*') => GoType.PointerTo(Type(text[1..])),
        _ when text.StartsWith("chan ", StringComparison.Ordinal) => GoType.ChannelOf(Type(text[5..])),
        _ => throw new FormatException($"unknown type {text}"),
    };

    private static GoType Canonical(GoType type) =>
        new[] { GoType.List, GoType.Map, GoType.Strings, GoType.Ints }.FirstOrDefault(known => known.Is(type)) ?? type;

    private static int Closing(string text)
    {
        var depth = 0;
        for (var index = 3; ; index++)
        {
            depth += text[index] == '[' ? 1 : text[index] == ']' ? -1 : 0;
            if (depth == 0)
            {
                return index;
            }
        }
    }

    private static Value ReadTyped(JsonElement json, string type)
    {
        switch (type)
        {
            case "ptr":
                var target = Read(json.GetProperty("v"));
                return Value.OfReference(GoType.PointerTo(target.Type), new Pointee(target));
            case "func":
                var function = TestFunctions.Table[json.GetProperty("v").GetString() ?? ""];
                return Value.OfReference(GoType.FunctionOf(function.Type.Parameters, function.Type.Result!,
                    function.Type.IsVariadic, TestFunctions.CanFail(function.Name)), function);
            case "error":
                return Value.OfError(json.GetProperty("v").GetString() ?? "");
            case "struct":
                var fields = json.GetProperty("fields").EnumerateArray().ToList();
                return Value.OfReference(
                    GoType.StructOf([.. fields.Select(field => new GoField(field[0].GetString() ?? "", Type(field[1].GetString() ?? "")))]),
                    fields.Select(field => Read(field[2], Type(field[1].GetString() ?? ""))).ToArray());
        }

        if (!json.TryGetProperty("b64", out var encoded))
        {
            return Read(json.GetProperty("v"), Type(type));
        }

        var bytes = encoded.GetBytesFromBase64();
        return type == "string"
            ? Value.Of(bytes)
            : Value.OfReference(GoType.Bytes, new ListValue([.. bytes.Select(symbol => Value.OfBits(GoType.Uint8, symbol))]));
    }

    private static Value Read(JsonElement json, GoType type)
    {
        if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty("$go", out _))
        {
            return Read(json).In(type.Slot);
        }

        if (type.Kind == Kind.Interface)
        {
            return json.ValueKind == JsonValueKind.Null ? Value.Zero(type)
                : type.Slot == Slot.Error ? Value.OfError(json.GetString() ?? "").In(Slot.Error)
                : Read(json).In(Slot.Any);
        }

        return type.Kind switch
        {
            Kind.Bool => Value.OfBits(type, json.GetBoolean() ? 1 : 0),
            Kind.String => Value.Of(json.GetString() ?? "").As(type),
            Kind.Slice when json.ValueKind == JsonValueKind.Null => Value.OfReference(type, null),
            Kind.Slice or Kind.Array => Value.OfReference(type, new ListValue(
                [.. json.EnumerateArray().Select(item => Read(item, type.Element!))])),
            Kind.Map when json.ValueKind == JsonValueKind.Null => Value.OfReference(type, null),
            Kind.Map => Value.OfReference(type, MapValue.Of(json.EnumerateArray().Select(pair =>
                new KeyValuePair<Value, Value>(Read(pair[0], type.Key!), Read(pair[1], type.Element!))))),
            Kind.Pointer when json.ValueKind == JsonValueKind.Null => Value.OfReference(type, null),
            Kind.Pointer => Value.OfReference(type, new Pointee(Read(json, type.Element!))),
            Kind.Chan => Value.OfReference(type, new ChannelValue(
                json.EnumerateArray().Select(item => Read(item, type.Element!)))),
            Kind.Struct when type.Is(GoType.Time) => Value.OfReference(type, TimeValue.Parse(json.GetString() ?? "")),
            Kind.Struct => Value.OfReference(type, type.Fields.Select(field =>
                json.TryGetProperty(field.Name, out var value) ? Read(value, field.Type) : Value.Zero(field.Type)).ToArray()),
            var kind when kind.IsComplex => Value.OfReference(type, new Complex(Number(json[0], kind), Number(json[1], kind))),
            var kind when kind.IsFloat => Value.OfFloat(type, Number(json, kind)),
            var kind when kind.IsUnsigned => Value.OfBits(type, unchecked((long)ulong.Parse(Digits(json), CultureInfo.InvariantCulture))),
            _ => Value.OfBits(type, long.Parse(Digits(json), CultureInfo.InvariantCulture)),
        };
    }

    private static string Digits(JsonElement json) =>
        json.ValueKind == JsonValueKind.String ? json.GetString() ?? "" : json.GetRawText();

    private static double Number(JsonElement json, Kind kind)
    {
        var text = Digits(json);
        if (!NumberText.TryFloat(text, out var number))
        {
            number = double.Parse(text, CultureInfo.InvariantCulture);
        }

        return kind is Kind.Float32 or Kind.Complex64 ? (float)number : number;
    }
}
