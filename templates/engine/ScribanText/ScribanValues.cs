using System.Collections;
using System.Globalization;
using Scriban.Runtime;
using Sync.Templates.Time;
using Sync.Templates.Values;

namespace Sync.Templates.ScribanText;

/// <summary>Carries values between the functions and Scriban.</summary>
/// <remarks>
/// Lists become arrays, maps objects, a key with its value an object with <c>key</c> and <c>value</c>, times
/// Scriban's dates. Whole numbers are integers on the Scriban side.
/// </remarks>
internal static class ScribanValues
{
    private const double ExactIntegerMax = 9_007_199_254_740_992;

    /// <summary>A function's result for Scriban.</summary>
    public static object? ToScriban(in Value value) => value.DynamicKind switch
    {
        Kind.Invalid => null,
        Kind.Bool => value.Bool,
        Kind.String => ByteText.Decode(value.String),
        Kind.Float32 or Kind.Float64 when value.Float == Math.Truncate(value.Float)
            && Math.Abs(value.Float) <= ExactIntegerMax => (long)value.Float,
        Kind.Float32 or Kind.Float64 => value.Float,
        Kind.Slice or Kind.Array => ToArray(value.List),
        Kind.Map => ToObject(value.Map),
        Kind.Struct when value.Reference is TimeValue time => time.Shown.AddTicks(time.Nanoseconds / 100),
        Kind.Struct => ToObject(value),
        Kind.Pointer => value.IsNil ? null : ToScriban(value.Pointed()),
        var kind when kind.IsUnsigned => value.Uint <= long.MaxValue ? value.Int : value.Uint,
        _ => value.Int,
    };

    /// <summary>What Scriban passes as a value of a parameter's type.</summary>
    /// <exception cref="FunctionException">It is of another type.</exception>
    public static Value FromScriban(object? argument, GoType parameter)
    {
        var value = FromScriban(argument);
        return parameter switch
        {
            { Kind: Kind.Interface } => value,
            { Kind: Kind.String } when value.DynamicKind == Kind.String => value,
            { Kind: Kind.Int } when value.DynamicKind == Kind.Int => value,
            { Kind: Kind.Float64 } when value.DynamicKind == Kind.Int => Value.Of((double)value.Int),
            { Kind: Kind.Bool or Kind.Float64 or Kind.Map } when value.DynamicKind == parameter.Kind => value,
            { Kind: Kind.Slice } when value.DynamicKind == Kind.Slice => ToSlice(value.List, parameter),
            _ => throw new FunctionException(
                $"wrong type for value; expected {parameter.Name}; got {value.DynamicType?.Name ?? "null"}"),
        };
    }

    private static Value FromScriban(object? argument) => argument switch
    {
        null => default,
        bool boolean => Value.Of(boolean),
        string text => Value.Of(ByteText.Encode(text)),
        int or long or short or byte => Value.Of(Convert.ToInt64(argument, CultureInfo.InvariantCulture)),
        float or double or decimal => Value.Of(Convert.ToDouble(argument, CultureInfo.InvariantCulture)),
        DateTime time => Value.OfReference(GoType.Time, TimeValue.Parse(time.ToString("O", CultureInfo.InvariantCulture))),
        ScriptObject members => Value.OfMap(members.Select(member =>
            new KeyValuePair<byte[], Value>(ByteText.Encode(member.Key), FromScriban(member.Value)))),
        IEnumerable items => Value.OfList(items.Cast<object?>().Select(FromScriban)),
        _ => Value.Of(Convert.ToString(argument, CultureInfo.InvariantCulture) ?? ""),
    };

    // Lists of strings take any scalars; lists of pairs take objects with key and value.
    private static Value ToSlice(ListValue list, GoType parameter)
    {
        if (ReferenceEquals(parameter, GoType.List))
        {
            return Value.OfReference(parameter, list);
        }

        var items = new Value[list.Count];
        for (var index = 0; index < items.Length; index++)
        {
            items[index] = parameter.Element is { Kind: Kind.String }
                ? AsString(list[index])
                : AsPair(list[index]);
        }

        return Value.OfReference(parameter, new ListValue(items));
    }

    private static Value AsString(in Value item) => item.DynamicKind switch
    {
        Kind.String => item.WithoutInterface(),
        Kind.Bool => Value.Of(item.Bool ? "true" : "false"),
        Kind.Int => Value.Of(item.Int.ToString(CultureInfo.InvariantCulture)),
        Kind.Float64 => Value.Of(item.Float.ToString("R", CultureInfo.InvariantCulture)),
        _ => throw new FunctionException(
            $"wrong type for value; expected string; got {item.DynamicType?.Name ?? "null"}"),
    };

    private static Value AsPair(in Value item)
    {
        var (key, value) = (item.Map.Find("key"u8), item.Map.Find("value"u8));
        return key.DynamicKind == Kind.String && value.DynamicKind == Kind.String
            ? Value.OfReference(GoType.KeyValue, new[] { key.WithoutInterface(), value.WithoutInterface() })
            : throw new FunctionException("wrong type for value; expected an object with key and value");
    }

    private static ScriptArray ToArray(ListValue list)
    {
        var array = new ScriptArray(list.Count);
        foreach (var item in list.Items)
        {
            array.Add(ToScriban(item));
        }

        return array;
    }

    private static ScriptObject ToObject(MapValue map)
    {
        var members = new ScriptObject();
        for (var index = 0; index < map.Count; index++)
        {
            members[ByteText.Decode(map.Keys[index].String)] = ToScriban(map.Elements[index]);
        }

        return members;
    }

    private static ScriptObject ToObject(in Value value)
    {
        var members = new ScriptObject();
        var fields = value.Fields;
        for (var index = 0; index < fields.Length && value.DynamicType is { } type; index++)
        {
            members[SnakeCase.Of(type.Fields[index].Name)] = ToScriban(fields[index]);
        }

        return members;
    }
}
