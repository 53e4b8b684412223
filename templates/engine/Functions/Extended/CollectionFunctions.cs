using Sync.Templates.Values;

namespace Sync.Templates.Functions.Extended;

/// <summary>Functions over lists and maps: <c>dict list hasKey keys values append pluck filter</c>.</summary>
/// <remarks>Source: documentation of abtreece/confd and, for <c>filter</c>, of yunify/confd, "Template functions".</remarks>
internal static class CollectionFunctions
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Function.Variadic("dict", [GoType.Any], GoType.Map, ListFunctions.Map),
        Function.Variadic("list", [GoType.Any], GoType.List,
            static (_, arguments) => Value.OfList(arguments.ToArray())),
        Function.Of("hasKey", [GoType.Map, GoType.String], GoType.Bool,
            static (_, arguments) => Value.Of(arguments[0].Map.Find(arguments[1].String).IsValid)),
        Function.Of("keys", [GoType.Map], GoType.Strings, static (_, arguments) =>
            Value.OfReference(GoType.Strings, new ListValue(arguments[0].Map.Keys.ToArray()))),
        Function.Of("values", [GoType.Map], GoType.List,
            static (_, arguments) => Value.OfList(arguments[0].Map.Elements.ToArray())),
        Function.Of("append", [GoType.List, GoType.Any], GoType.List,
            static (_, arguments) => Value.OfList([.. arguments[0].List.Items.ToArray(), arguments[1]])),
        Function.Variadic("pluck", [GoType.String, GoType.Map], GoType.List, Pluck),
        Function.Of("filter", [GoType.String, GoType.Any], GoType.List, Filter),
    ];

    private static Value Pluck(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var found = new List<Value>();
        foreach (var map in arguments[1..])
        {
            if (map.Map.Find(arguments[0].String) is { IsValid: true } element)
            {
                found.Add(element);
            }
        }

        return Value.OfList(found);
    }

    // Texts that match, and pairs whose value matches; other elements are dropped.
    private static Value Filter(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        if (arguments[1].DynamicKind is not (Kind.Slice or Kind.Array))
        {
            throw new FunctionException("filter only support slice or array.");
        }

        var pattern = RegexFunctions.Compile(scope, arguments[0]);
        var kept = new List<Value>();
        foreach (var item in arguments[1].List.Items)
        {
            var text = item.DynamicKind == Kind.String ? item.String
                : item.DynamicType is { } type && type.Is(GoType.KeyValue) ? item.Fields[1].String
                : null;
            if (text is not null && pattern.IsMatch(text, scope.CheckTime))
            {
                kept.Add(item.WithoutInterface());
            }
        }

        return Value.OfList(kept);
    }
}
