using Sync.Templates.Functions.Consul;
using Sync.Templates.Values;

namespace Sync.Templates.Functions.Own;

/// <summary>
/// The functions of sprig over maps whose names no other family has: <c>set unset merge pick omit dig</c>. The first two change
/// the map that comes in, and give it back; in Scriban, which hands over a copy, only what they give back is changed.
/// </summary>
/// <remarks>Source: sprig's documentation.</remarks>
internal static class BorrowedMapFunctions
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Function.Of("set", [GoType.Map, GoType.String, GoType.Any], GoType.Map, static (_, arguments) =>
        {
            Changeable(arguments[0]).Set(arguments[1], arguments[2].In(Slot.Any));
            return arguments[0];
        }),
        Function.Of("unset", [GoType.Map, GoType.String], GoType.Map, static (_, arguments) =>
        {
            arguments[0].Map.Remove(arguments[1]);
            return arguments[0];
        }),
        Function.Variadic("merge", [GoType.Map, GoType.Map], GoType.Map, static (scope, arguments) =>
        {
            var merged = arguments[0];
            foreach (var source in arguments[1..])
            {
                merged = MembershipFunctions.Merge(scope, merged, source, overrides: false);
            }

            return merged;
        }),
        Function.Variadic("pick", [GoType.Map, GoType.String], GoType.Map,
            static (_, arguments) => Chosen(arguments[0].Map, arguments[1..], isKept: true)),
        Function.Variadic("omit", [GoType.Map, GoType.String], GoType.Map,
            static (_, arguments) => Chosen(arguments[0].Map, arguments[1..], isKept: false)),
        Function.Variadic("dig", [GoType.Any], GoType.Any, Dig),
    ];

    private static MapValue Changeable(in Value map) =>
        map.IsNil ? throw new FunctionException("assignment to entry in nil map") : map.Map;

    private static Value Chosen(MapValue map, ReadOnlySpan<Value> names, bool isKept)
    {
        var entries = new List<KeyValuePair<byte[], Value>>();
        for (var index = 0; index < map.Count; index++)
        {
            if (BorrowedFunctions.Contains(names, map.Keys[index]) == isKept)
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
}
