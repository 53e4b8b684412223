using System.Globalization;
using Sync.Templates.Diagnostics;
using Sync.Templates.Values;

namespace Sync.Templates.Functions.Consul;

/// <summary>
/// consul-template's functions over lists and maps: <c>in contains containsAll containsAny containsNone containsNotAll
/// loop mergeMap mergeMapWithOverride explodeMap</c>.
/// </summary>
/// <remarks>Source: consul-template, <c>docs/templating-language.md</c>.</remarks>
internal static class MembershipFunctions
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Function.Of("in", [GoType.Any, GoType.Any], GoType.Bool, static (_, arguments) => Value.Of(IsIn(arguments[0], arguments[1]))),
        Function.Of("contains", [GoType.Any, GoType.Any], GoType.Bool,
            static (_, arguments) => Value.Of(IsIn(arguments[1], arguments[0]))),
        Quantified("containsAll", answer: true, decidedBy: false),
        Quantified("containsAny", answer: false, decidedBy: true),
        Quantified("containsNone", answer: true, decidedBy: true),
        Quantified("containsNotAll", answer: false, decidedBy: false),
        Function.Variadic("loop", [GoType.Any], GoType.ChannelOf(GoType.Int64), Loop),
        Function.Of("mergeMap", [GoType.Map, GoType.Map], GoType.Map,
            static (scope, arguments) => Merge(scope, arguments[0], arguments[1], overrides: false)),
        Function.Of("mergeMapWithOverride", [GoType.Map, GoType.Map], GoType.Map,
            static (scope, arguments) => Merge(scope, arguments[0], arguments[1], overrides: true)),
        Function.Of("explodeMap", [GoType.Map], GoType.Map, ExplodeMap),
    ];

    // The first wanted element whose presence is "decidedBy" turns the answer round.
    private static Function Quantified(string name, bool answer, bool decidedBy) =>
        Function.Of(name, [GoType.List, GoType.Any], GoType.Bool, (scope, arguments) =>
        {
            foreach (var wanted in arguments[0].List.Items)
            {
                scope.CheckTime();
                if (IsIn(arguments[1], wanted.WithoutInterface()) == decidedBy)
                {
                    return Value.Of(!answer);
                }
            }

            return Value.Of(answer);
        });

    // Integers, floats and texts are compared; elements of other kinds are never found.
    private static bool IsIn(in Value collection, in Value wanted)
    {
        if (collection.DynamicKind == Kind.String)
        {
            return wanted.DynamicKind == Kind.String && collection.String.AsSpan().IndexOf(wanted.String) >= 0;
        }

        foreach (var item in collection.DynamicKind is Kind.Slice or Kind.Array ? collection.List.Items : [])
        {
            var isEqual = (item.DynamicKind.IsSigned && wanted.DynamicKind.IsSigned && item.Int == wanted.Int)
                || (item.DynamicKind.IsFloat && wanted.DynamicKind.IsFloat && item.Float == wanted.Float)
                || (item.DynamicKind == Kind.String && wanted.DynamicKind == Kind.String
                    && item.String.AsSpan().SequenceEqual(wanted.String));
            if (isEqual)
            {
                return true;
            }
        }

        return false;
    }

    private static Value Loop(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        if (arguments.Length is not (1 or 2))
        {
            throw new FunctionException(string.Create(CultureInfo.InvariantCulture,
                $"loop: wrong number of arguments, expected 1 or 2, but got {arguments.Length}"));
        }

        var start = arguments.Length == 2 ? Bound(arguments[0]) : 0;
        var end = Bound(arguments[^1]);
        var count = (long)Int128.Clamp((Int128)end - start, 0, long.MaxValue);
        scope.CheckCount(count);
        var items = new Value[count];
        for (var index = 0; index < items.Length; index++)
        {
            items[index] = Value.OfBits(GoType.Int64, start + index);
        }

        return Value.OfReference(GoType.ChannelOf(GoType.Int64), new ChannelValue(items));
    }

    private static long Bound(in Value value) => value.DynamicKind switch
    {
        Kind.String => CalculationFunctions.ParseInteger(value, "parseInt"),
        var kind when kind.IsInteger => value.Int,
        _ => throw new FunctionException($"loop: bad argument type: {value.DynamicType?.Name ?? "<nil>"}"),
    };

    // Maps in both are merged too. Empty entries are filled in either way.
    internal static Value Merge(RenderScope scope, in Value target, in Value source, bool overrides)
    {
        scope.CheckTime();
        if (!StackRoom.IsLeft)
        {
            throw new LimitException("maps are nested too deeply for this thread");
        }

        var merged = new Dictionary<string, Value>(StringComparer.Ordinal);
        for (var index = 0; index < target.Map.Count; index++)
        {
            merged[target.Map.Keys[index].Text] = target.Map.Elements[index].WithoutInterface();
        }

        for (var index = 0; index < source.Map.Count; index++)
        {
            var key = source.Map.Keys[index].Text;
            var theirs = source.Map.Elements[index].WithoutInterface();
            merged[key] = !merged.TryGetValue(key, out var ours) ? theirs
                : ours.DynamicKind == Kind.Map && theirs.DynamicKind == Kind.Map ? Merge(scope, ours, theirs, overrides)
                : overrides ? (theirs.IsTrue ? theirs : ours)
                : ours.IsTrue ? ours : theirs;
        }

        return Value.OfMap(merged.Select(entry => new KeyValuePair<byte[], Value>(Formatting.ByteText.Encode(entry.Key), entry.Value)));
    }

    private static Value ExplodeMap(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var root = new NestedMap();
        for (var index = 0; index < arguments[0].Map.Count; index++)
        {
            root.Add("explodeMap", arguments[0].Map.Keys[index].Text, arguments[0].Map.Elements[index].WithoutInterface());
        }

        return root.ToValue();
    }
}
