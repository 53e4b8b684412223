using System.Collections;
using System.Globalization;
using Scriban.Runtime;
using Sync.Templates.Diagnostics;
using Sync.Templates.Formatting;
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

    // What an argument may stand for, shared parts written out. The depth is one that every thread's stack has room for, so that
    // a template does not fare otherwise where the code takes less of it.
    private const int PartsMax = 1_000_000;
    private const int DepthMax = 1_000;

    /// <summary>A function's result for Scriban.</summary>
    /// <exception cref="LimitException">It is nested too deeply.</exception>
    public static object? ToScriban(in Value value) => !StackRoom.IsLeft
        ? throw new LimitException("a value is nested too deeply for this thread")
        : Convert(value);

    private static object? Convert(in Value value) => value.DynamicKind switch
    {
        Kind.Invalid => null,
        Kind.Bool => value.Bool,
        Kind.String => ByteText.Decode(value.String),
        Kind.Float32 or Kind.Float64 when value.Float == Math.Truncate(value.Float)
            && Math.Abs(value.Float) <= ExactIntegerMax => (long)value.Float,
        Kind.Float32 or Kind.Float64 => value.Float,
        Kind.Slice or Kind.Array => ToArray(value.List),
        Kind.Chan => ToArray(value),
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
        var parts = 0;
        var value = FromScriban(argument, ref parts, depth: 1);
        return parameter switch
        {
            { Kind: Kind.Interface } => value,
            _ when ReferenceEquals(parameter, GoType.Unchecked) => value,
            { Kind: Kind.String } when value.DynamicKind == Kind.String => value,
            { Kind: Kind.Int } when value.DynamicKind == Kind.Int => value,
            { Kind: Kind.Float64 } when value.DynamicKind == Kind.Int => Value.Of((double)value.Int),
            { Kind: Kind.Bool or Kind.Float64 or Kind.Map } when value.DynamicKind == parameter.Kind => value,
            { Kind: Kind.Slice } when value.DynamicKind == Kind.Slice => ToSlice(value.List, parameter),
            _ => throw new FunctionException(
                $"wrong type for value; expected {parameter.Name}; got {value.DynamicType?.Name ?? "null"}"),
        };
    }

    /// <summary>Looks whether an argument is small enough to be written out.</summary>
    /// <exception cref="LimitException">It is not.</exception>
    public static void CheckParts(object? argument)
    {
        var parts = 0;
        CheckParts(argument, ref parts, depth: 1);
    }

    private static void CheckParts(object? argument, ref int parts, int depth)
    {
        CountPart(ref parts, depth);
        var children = argument switch
        {
            ScriptObject members => members.Values,
            IEnumerable elements and not string => elements,
            _ => Array.Empty<object>(),
        };
        foreach (var child in children)
        {
            CheckParts(child, ref parts, depth + 1);
        }
    }

    private static void CountPart(ref int parts, int depth)
    {
        if (++parts > PartsMax || depth > DepthMax || !StackRoom.IsLeft)
        {
            throw new LimitException($"an argument has more than {PartsMax} parts, or is nested more than {DepthMax} deep");
        }
    }

    private static Value FromScriban(object? argument, ref int parts, int depth)
    {
        CountPart(ref parts, depth);
        switch (argument)
        {
            case null:
                return default;
            case bool boolean:
                return Value.Of(boolean);
            case string text:
                return Value.Of(ByteText.Encode(text));
            case int or long or short or byte:
                return Value.Of(System.Convert.ToInt64(argument, CultureInfo.InvariantCulture));
            case float or double or decimal:
                return Value.Of(System.Convert.ToDouble(argument, CultureInfo.InvariantCulture));
            case DateTime time:
                return Value.OfReference(GoType.Time, TimeValue.Parse(time.ToString("O", CultureInfo.InvariantCulture)));
            case ScriptObject members:
                var entries = new List<KeyValuePair<byte[], Value>>();
                foreach (var member in members)
                {
                    entries.Add(new(ByteText.Encode(member.Key), FromScriban(member.Value, ref parts, depth + 1)));
                }

                return Value.OfMap(entries);
            case IEnumerable elements:
                var items = new List<Value>();
                foreach (var element in elements)
                {
                    items.Add(FromScriban(element, ref parts, depth + 1));
                }

                return Value.OfList(items);
            default:
                return Value.Of(System.Convert.ToString(argument, CultureInfo.InvariantCulture) ?? "");
        }
    }

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
            items[index] = parameter.Element switch
            {
                { Kind: Kind.String } => AsString(list[index]),
                { Kind: Kind.Pointer, Element: { } record } type =>
                    Value.OfReference(type, new Pointee(AsRecord(list[index], record))),
                _ => AsPair(list[index]),
            };
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

    // An object with the fields of a record; those it has not are zero.
    private static Value AsRecord(in Value item, GoType record)
    {
        var fields = new Value[record.Fields.Count];
        for (var index = 0; index < fields.Length; index++)
        {
            var given = item.Map.Find(ByteText.Encode(SnakeCase.Of(record.Fields[index].Name))).WithoutInterface();
            fields[index] = given.DynamicKind == record.Fields[index].Type.Kind ? given : Value.Zero(record.Fields[index].Type);
        }

        return Value.OfReference(record, fields);
    }

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

    private static ScriptArray ToArray(in Value channel)
    {
        var array = new ScriptArray();
        while (channel.Reference is ChannelValue values && values.TryReceive(out var value))
        {
            array.Add(ToScriban(value));
        }

        return array;
    }

    private static BoundedObject ToObject(MapValue map)
    {
        var members = new BoundedObject();
        for (var index = 0; index < map.Count; index++)
        {
            members[NameOf(map.Keys[index])] = ToScriban(map.Elements[index]);
        }

        return members;
    }

    private static string NameOf(in Value key)
    {
        if (key.DynamicKind == Kind.String)
        {
            return key.Text;
        }

        using var text = new TextBuffer(int.MaxValue);
        new Printer(text).PrintArgument(key, 'v');
        return ByteText.Decode(text.Written);
    }

    private static BoundedObject ToObject(in Value value)
    {
        var members = new BoundedObject();
        var fields = value.Fields;
        for (var index = 0; index < fields.Length && value.DynamicType is { } type; index++)
        {
            members[SnakeCase.Of(type.Fields[index].Name)] = ToScriban(fields[index]);
        }

        return members;
    }
}
