using Sync.Templates.Values;

namespace Sync.Templates.Functions;

/// <summary>confd's functions over lists and maps.</summary>
/// <remarks>Source: confd documentation, "Templates".</remarks>
internal static class ListFunctions
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Function.Variadic("map", [GoType.Any], GoType.Map, Map),
        Function.Of("reverse", [GoType.Any], GoType.Any, Reverse),
        Function.Of("sortByLength", [GoType.Strings], GoType.Strings, static (_, arguments) =>
            Sorted(arguments[0], GoType.Strings, static item => item.Length)),
        Function.Of("sortKVByLength", [GoType.KeyValueSlice], GoType.KeyValueSlice, static (_, arguments) =>
            Sorted(arguments[0], GoType.KeyValueSlice, static item => item.Fields[0].Length)),
    ];

    internal static Value Map(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        if (arguments.Length % 2 != 0)
        {
            throw new FunctionException("invalid map call");
        }

        var entries = new KeyValuePair<byte[], Value>[arguments.Length / 2];
        for (var index = 0; index < entries.Length; index++)
        {
            var key = arguments[2 * index];
            entries[index] = key.DynamicType is { } type && type.Is(GoType.String)
                ? new(key.String, arguments[(2 * index) + 1])
                : throw new FunctionException("map keys must be strings");
        }

        return Value.OfMap(entries);
    }

    /// <summary>Any list back to front, as a new list: what <c>reverse</c> is in Scriban.</summary>
    public static Function ReverseAny { get; } =
        Function.Of("reverse", [GoType.List], GoType.List, static (_, arguments) => Reversed(arguments[0]));

    /// <summary>Whether confd's <c>reverse</c> turns a list round: lists of strings and of pairs only.</summary>
    internal static bool IsReversible(in Value list) =>
        list.DynamicType is { } type && (type.Is(GoType.Strings) || type.Is(GoType.KeyValueSlice));

    /// <summary>A list back to front, as a new list of the same type.</summary>
    internal static Value Reversed(in Value list)
    {
        var items = list.List.Items.ToArray();
        Array.Reverse(items);
        return Value.OfReference(list.DynamicType ?? GoType.List, new ListValue(items));
    }

    // In place, as in confd; lists of other types come back as they are.
    private static Value Reverse(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        if (IsReversible(arguments[0]))
        {
            arguments[0].List.Overwrite(Reversed(arguments[0]).List.Items);
        }

        return arguments[0];
    }

    // Equal lengths keep their order.
    private static Value Sorted(in Value list, GoType type, Func<Value, int> length)
    {
        list.List.Overwrite([.. list.List.Items.ToArray().OrderBy(length)]);
        return list.As(type);
    }
}
