using Sync.Templates.Formatting;
using Sync.Templates.Values;

namespace Sync.Templates.Functions.Consul;

/// <summary>consul-template's <c>scratch</c>: values that one render keeps by name.</summary>
/// <remarks>Source: consul-template, <c>docs/templating-language.md</c>.</remarks>
internal static class ScratchFunction
{
    /// <summary>The type of the value that has the methods.</summary>
    public static GoType Type { get; } = GoType.NamedStruct("template.Scratch", []);

    /// <summary>The function.</summary>
    public static Function Instance { get; } = Function.Of("scratch", [], Type,
        static (scope, _) => Value.OfReference(Type, scope.Scratch));

    /// <summary>The methods.</summary>
    public static IEnumerable<Function> Methods { get; } =
    [
        Function.Of("Key", [GoType.String], GoType.Bool,
            static (_, arguments) => Value.Of(Of(arguments[0]).ContainsKey(arguments[1].Text))),
        Function.Of("Get", [GoType.String], GoType.Any,
            static (_, arguments) => Of(arguments[0]).GetValueOrDefault(arguments[1].Text)),
        Function.Of("Set", [GoType.String, GoType.Any], GoType.String, static (_, arguments) =>
        {
            Of(arguments[0])[arguments[1].Text] = arguments[2];
            return Nothing;
        }),
        Function.Of("SetX", [GoType.String, GoType.Any], GoType.String, static (_, arguments) =>
        {
            Of(arguments[0]).TryAdd(arguments[1].Text, arguments[2]);
            return Nothing;
        }),
        Function.Of("MapSet", [GoType.String, GoType.String, GoType.Any], GoType.String,
            static (_, arguments) => SetMember(arguments, overwrites: true)),
        Function.Of("MapSetX", [GoType.String, GoType.String, GoType.Any], GoType.String,
            static (_, arguments) => SetMember(arguments, overwrites: false)),
        Function.Of("MapValues", [GoType.String], GoType.List, static (_, arguments) =>
            Of(arguments[0]).GetValueOrDefault(arguments[1].Text) is { DynamicKind: Kind.Map } map
                ? Value.OfList(map.Map.Elements.ToArray())
                : Value.OfReference(GoType.List, null)),
    ];

    private static Value Nothing => Value.Of(Array.Empty<byte>());

    private static Dictionary<string, Value> Of(in Value scratch) => scratch.Reference as Dictionary<string, Value> ?? [];

    private static Value SetMember(ReadOnlySpan<Value> arguments, bool overwrites)
    {
        var values = Of(arguments[0]);
        var name = arguments[1].Text;
        if (!values.TryGetValue(name, out var map))
        {
            map = Value.OfMap([]);
        }

        if (map.DynamicKind != Kind.Map)
        {
            throw new FunctionException($"{QuotedText.Quote(name)} is not a map");
        }

        values[name] = overwrites || !map.Map.Find(arguments[2].String).IsValid
            ? Value.OfReference(GoType.Map, map.Map.With(arguments[2], arguments[3].In(Slot.Any)))
            : map;
        return Nothing;
    }
}
