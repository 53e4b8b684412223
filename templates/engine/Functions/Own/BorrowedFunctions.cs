using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sync.Templates.Formatting;
using Sync.Templates.Time;
using Sync.Templates.Values;

namespace Sync.Templates.Functions.Own;

/// <summary>
/// The functions of sprig whose names no other family has: texts, lists, numbers, kinds, times. Lists that come in stay as
/// they are.
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
        Function.Of("title", [GoType.String], GoType.String, static (_, arguments) => Value.Of(CaseText.ToTitle(arguments[0].String))),
        Function.Of("wrap", [GoType.Int, GoType.String], GoType.String,
            static (_, arguments) => Value.Of(Wrapped(arguments[1].Text, Math.Max(1, arguments[0].Int)))),
        Function.Of("uuidv4", [], GoType.String,
            static (scope, _) => Value.Of(scope.Host.NewIdentifier().ToString("D", CultureInfo.InvariantCulture))),
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
        Function.Of("kindOf", [GoType.Any], GoType.String,
            static (_, arguments) => Value.Of(arguments[0].IsValid ? KindName(arguments[0].DynamicKind) : "invalid")),
        Function.Of("typeOf", [GoType.Any], GoType.String, static (_, arguments) => Value.Of(arguments[0].DynamicType?.Name ?? "<nil>")),
        Function.Of("int", [GoType.Any], GoType.Int, static (_, arguments) => Value.Of(Integer(arguments[0]))),
        Function.Of("int64", [GoType.Any], GoType.Int64, static (_, arguments) => Value.OfBits(GoType.Int64, Integer(arguments[0]))),
        Function.Of("float64", [GoType.Any], GoType.Float64, static (_, arguments) => Value.Of(Number(arguments[0]))),
        Function.Of("floor", [GoType.Any], GoType.Float64, static (_, arguments) => Value.Of(Math.Floor(Number(arguments[0])))),
        Function.Of("ceil", [GoType.Any], GoType.Float64, static (_, arguments) => Value.Of(Math.Ceiling(Number(arguments[0])))),
        Function.Variadic("round", [GoType.Any, GoType.Int, GoType.Float64], GoType.Float64, Round),
        Function.Variadic("max", [GoType.Any, GoType.Any], GoType.Int64, static (_, arguments) => Extreme(arguments, Math.Max)),
        Function.Variadic("min", [GoType.Any, GoType.Any], GoType.Int64, static (_, arguments) => Extreme(arguments, Math.Min)),
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

    /// <summary>Whether a list has a value.</summary>
    internal static bool Contains(ReadOnlySpan<Value> items, in Value wanted)
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

    private static string KindName(Kind kind) => kind switch
    {
        Kind.Pointer => "ptr",
        _ => kind.ToString().ToLowerInvariant(),
    };

    // Integers keep all their digits, which a float would not.
    private static long Integer(in Value value) => value.DynamicKind switch
    {
        Kind.String when long.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        var kind when kind.IsUnsigned => (long)Math.Min(value.Uint, long.MaxValue),
        var kind when kind.IsSigned => value.Int,
        _ => (long)Number(value),
    };

    private static Value Extreme(ReadOnlySpan<Value> arguments, Func<long, long, long> choose)
    {
        var chosen = Integer(arguments[0]);
        foreach (var argument in arguments[1..])
        {
            chosen = choose(chosen, Integer(argument));
        }

        return Value.OfBits(GoType.Int64, chosen);
    }

    // round NUMBER DIGITS [FROM]: a fraction from FROM on, one half unless it is given, goes away from zero.
    private static Value Round(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var (number, digits) = (Number(arguments[0]), (int)Math.Clamp(arguments[1].Int, 0, 15));
        if (arguments.Length < 3)
        {
            return Value.Of(Math.Round(number, digits, MidpointRounding.AwayFromZero));
        }

        var power = Math.Pow(10, digits);
        var scaled = Math.Abs(number) * power;
        var whole = Math.Floor(scaled);
        return Value.Of(Math.CopySign((scaled - whole >= arguments[2].Float ? whole + 1 : whole) / power, number));
    }

    // Lines end at the last space that fits; a longer word stays whole.
    private static string Wrapped(string text, long width)
    {
        var wrapped = new StringBuilder();
        var start = 0;
        while (text.Length - start > width)
        {
            if (text[start] == ' ')
            {
                start++;
                continue;
            }

            var end = text.LastIndexOf(' ', start + (int)width, (int)width + 1);
            end = end >= 0 ? end : text.IndexOf(' ', start + (int)width);
            if (end < 0)
            {
                break;
            }

            wrapped.Append(text, start, end - start).Append('\n');
            start = end + 1;
        }

        return wrapped.Append(text, start, text.Length - start).ToString();
    }

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
