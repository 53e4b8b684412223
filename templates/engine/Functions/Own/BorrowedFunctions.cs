using System.Globalization;
using System.Security.Cryptography;
using Sync.Templates.Formatting;
using Sync.Templates.Functions.Consul;
using Sync.Templates.Time;
using Sync.Templates.Values;

namespace Sync.Templates.Functions.Own;

/// <summary>
/// The functions of sprig whose names no other family has: texts, lists, maps, numbers, kinds, times. Maps and lists that
/// come in stay as they are.
/// </summary>
/// <remarks>Source: sprig's documentation.</remarks>
internal static class BorrowedFunctions
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Text("trim", static text => text.Trim()),
        Text("upper", static text => Value.Of(CaseText.ToUpper(ByteText.Encode(text))).Text),
        Text("lower", static text => Value.Of(CaseText.ToLower(ByteText.Encode(text))).Text),
        Text("title", static text => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(text)),
        Function.Of("trunc", [GoType.Int, GoType.String], GoType.String, static (_, arguments) => Value.Of(arguments[0].Int >= 0
            ? arguments[1].String[..(int)Math.Min(arguments[0].Int, arguments[1].Length)]
            : arguments[1].String[(int)Math.Max(0, arguments[1].Length + Math.Max(arguments[0].Int, -int.MaxValue))..])),
        Function.Of("substr", [GoType.Int, GoType.Int, GoType.String], GoType.String, static (_, arguments) =>
        {
            var end = arguments[1].Int < 0 || arguments[1].Int > arguments[2].Length ? arguments[2].Length : (int)arguments[1].Int;
            return Value.Of(arguments[2].String[(int)Math.Clamp(arguments[0].Int, 0, end)..end]);
        }),
        Function.Of("plural", [GoType.String, GoType.String, GoType.Int], GoType.String,
            static (_, arguments) => arguments[2].Int == 1 ? arguments[0] : arguments[1]),
        Function.Of("hasPrefix", [GoType.String, GoType.String], GoType.Bool,
            static (_, arguments) => Value.Of(arguments[1].String.AsSpan().StartsWith(arguments[0].String))),
        Function.Of("hasSuffix", [GoType.String, GoType.String], GoType.Bool,
            static (_, arguments) => Value.Of(arguments[1].String.AsSpan().EndsWith(arguments[0].String))),
        Function.Variadic("cat", [GoType.Any], GoType.String, static (scope, arguments) => Value.Of(
            string.Join(' ', arguments.ToArray().Where(argument => argument.IsValid).Select(argument => Shown(scope, argument))))),
        Function.Of("toString", [GoType.Any], GoType.String, static (scope, arguments) => Value.Of(Shown(scope, arguments[0]))),
        Function.Of("b64enc", [GoType.String], GoType.String, TextFunctions.EncodeBase64),
        Function.Of("b64dec", [GoType.String], GoType.String, static (_, arguments) => Value.Of(Base64Text.Decode(arguments[0].String))),
        Function.Of("sha1sum", [GoType.String], GoType.String, static (_, arguments) => Value.Of(Sha1(arguments[0].String))),
        Function.Of("until", [GoType.Int], GoType.Ints, static (scope, arguments) => Steps(scope, 0, arguments[0].Int, arguments[0].Int < 0 ? -1 : 1)),
        Function.Of("untilStep", [GoType.Int, GoType.Int, GoType.Int], GoType.Ints,
            static (scope, arguments) => Steps(scope, arguments[0].Int, arguments[1].Int, arguments[2].Int)),
        List("first", static items => items.Length > 0 ? items[0].WithoutInterface() : default),
        List("last", static items => items.Length > 0 ? items[^1].WithoutInterface() : default),
        List("rest", static items => Value.OfList(items.Length > 0 ? items[1..].ToArray() : [])),
        List("initial", static items => Value.OfList(items.Length > 0 ? items[..^1].ToArray() : [])),
        Function.Of("uniq", [GoType.Any], GoType.List, static (scope, arguments) => Value.OfList(Distinct(scope, Items(arguments[0])))),
        Function.Of("sortAlpha", [GoType.Any], GoType.Strings, static (scope, arguments) => Value.OfStrings(Items(arguments[0]).ToArray()
            .Select(item => ByteText.Encode(Shown(scope, item))).Order(Keys.ByteOrder.Instance))),
        Function.Of("has", [GoType.Any, GoType.Any], GoType.Bool,
            static (_, arguments) => Value.Of(Contains(Items(arguments[1]), arguments[0]))),
        Function.Variadic("without", [GoType.Any, GoType.Any], GoType.List, static (_, arguments) =>
        {
            var unwanted = arguments[1..].ToArray();
            return Value.OfList(Items(arguments[0]).ToArray().Where(item => !Contains(unwanted, item)));
        }),
        Function.Variadic("tuple", [GoType.Any], GoType.List, static (_, arguments) => Value.OfList(arguments.ToArray())),
        Function.Variadic("pick", [GoType.Map, GoType.String], GoType.Map,
            static (_, arguments) => Chosen(arguments[0].Map, arguments[1..], isKept: true)),
        Function.Variadic("omit", [GoType.Map, GoType.String], GoType.Map,
            static (_, arguments) => Chosen(arguments[0].Map, arguments[1..], isKept: false)),
        Function.Of("merge", [GoType.Map, GoType.Map], GoType.Map,
            static (scope, arguments) => MembershipFunctions.Merge(scope, arguments[0], arguments[1], overrides: false)),
        Function.Variadic("dig", [GoType.Any], GoType.Any, Dig),
        Function.Of("kindOf", [GoType.Any], GoType.String,
            static (_, arguments) => Value.Of(arguments[0].IsValid ? KindName(arguments[0].DynamicKind) : "invalid")),
        Function.Of("typeOf", [GoType.Any], GoType.String, static (_, arguments) => Value.Of(arguments[0].DynamicType?.Name ?? "<nil>")),
        Function.Of("int", [GoType.Any], GoType.Int, static (_, arguments) => Value.Of((long)Number(arguments[0]))),
        Function.Of("int64", [GoType.Any], GoType.Int64, static (_, arguments) => Value.OfBits(GoType.Int64, (long)Number(arguments[0]))),
        Function.Of("float64", [GoType.Any], GoType.Float64, static (_, arguments) => Value.Of(Number(arguments[0]))),
        Function.Of("floor", [GoType.Any], GoType.Float64, static (_, arguments) => Value.Of(Math.Floor(Number(arguments[0])))),
        Function.Of("ceil", [GoType.Any], GoType.Float64, static (_, arguments) => Value.Of(Math.Ceiling(Number(arguments[0])))),
        Function.Of("round", [GoType.Any, GoType.Int], GoType.Float64, static (_, arguments) => Value.Of(
            Math.Round(Number(arguments[0]), (int)Math.Clamp(arguments[1].Int, 0, 15), MidpointRounding.AwayFromZero))),
        Function.Of("now", [], GoType.Time, static (scope, _) => Value.OfReference(GoType.Time, TimeValue.Now(scope.Host.Clock))),
        Function.Of("date", [GoType.String, GoType.Time], GoType.String, static (_, arguments) =>
            Value.Of(TimeLayout.Format(arguments[1].Reference as TimeValue ?? TimeValue.Zero, arguments[0].Text))),
        Function.Of("ago", [GoType.Time], GoType.String, static (scope, arguments) => Value.Of(DurationText.Format(1_000_000_000
            * (TimeValue.Now(scope.Host.Clock).Seconds - (arguments[0].Reference as TimeValue ?? TimeValue.Zero).Seconds)))),
    ];

    private static Function Text(string name, Func<string, string> change) =>
        Function.Of(name, [GoType.String], GoType.String, (_, arguments) => Value.Of(change(arguments[0].Text)));

    private static Function List(string name, ListFunction read) =>
        Function.Of(name, [GoType.Any], GoType.Any, (_, arguments) => read(Items(arguments[0])));

    private static ReadOnlySpan<Value> Items(in Value list) => list.DynamicKind is Kind.Slice or Kind.Array or Kind.Invalid
        ? list.List.Items
        : throw new FunctionException($"no list: {list.DynamicType?.Name}");

    private static string Shown(RenderScope scope, in Value value) => ByteText.Decode(scope.Print([value.WithoutInterface()]));

#pragma warning disable CA5350 // The function's name promises this hash; it guards nothing.
    private static string Sha1(byte[] text) => Convert.ToHexStringLower(SHA1.HashData(text));
#pragma warning restore CA5350

    private static Value Steps(RenderScope scope, long start, long end, long step)
    {
        var count = step == 0 ? 0 : Int128.Max(0, (((Int128)end - start) + step - Math.Sign(step)) / step);
        scope.CheckCount(count > long.MaxValue ? long.MaxValue : (long)count);
        var items = new Value[(int)count];
        for (var index = 0; index < items.Length; index++)
        {
            items[index] = Value.Of(start + (index * step));
        }

        return Value.OfReference(GoType.Ints, new ListValue(items));
    }

    private static bool Contains(ReadOnlySpan<Value> items, in Value wanted)
    {
        foreach (var item in items)
        {
            if (ValueOrder.AreEqual(item.WithoutInterface(), wanted.WithoutInterface()))
            {
                return true;
            }
        }

        return false;
    }

    private static List<Value> Distinct(RenderScope scope, ReadOnlySpan<Value> items)
    {
        var kept = new List<Value>();
        foreach (var item in items)
        {
            scope.CheckTime();
            if (!Contains(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(kept), item))
            {
                kept.Add(item);
            }
        }

        return kept;
    }

    private static Value Chosen(MapValue map, ReadOnlySpan<Value> names, bool isKept)
    {
        var entries = new List<KeyValuePair<byte[], Value>>();
        for (var index = 0; index < map.Count; index++)
        {
            if (Contains(names, map.Keys[index]) == isKept)
            {
                entries.Add(new(map.Keys[index].String, map.Elements[index]));
            }
        }

        return Value.OfMap(entries);
    }

    // dig "a" "b" DEFAULT MAP: what stands at a.b, or the default.
    private static Value Dig(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        if (arguments.Length < 3)
        {
            throw new FunctionException("dig: at least a key, a default and a map are needed");
        }

        var found = arguments[^1];
        foreach (var key in arguments[..^2])
        {
            found = found.DynamicKind == Kind.Map ? found.Map.Find(key.WithoutInterface()).WithoutInterface() : default;
        }

        return found.IsValid ? found : arguments[^2];
    }

    private static string KindName(Kind kind) => kind switch
    {
        Kind.Pointer => "ptr",
        _ => kind.ToString().ToLowerInvariant(),
    };

    private static double Number(in Value value) => value.DynamicKind switch
    {
        Kind.String => NumberText.TryFloat(value.Text, out var number) ? number : 0,
        Kind.Bool => value.Bool ? 1 : 0,
        var kind when kind.IsFloat => value.Float,
        var kind when kind.IsUnsigned => value.Uint,
        var kind when kind.IsSigned => value.Int,
        _ => 0,
    };

    private delegate Value ListFunction(ReadOnlySpan<Value> items);
}
