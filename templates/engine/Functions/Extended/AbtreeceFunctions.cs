using Sync.Templates.Values;

namespace Sync.Templates.Functions.Extended;

/// <summary>The functions that the fork by abtreece has under confd's names and with other behaviour.</summary>
/// <remarks>Source: documentation of abtreece/confd, "Template functions".</remarks>
internal static class AbtreeceFunctions
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Function.Of("div", [GoType.Int, GoType.Int], GoType.Int, static (_, arguments) => arguments[1].Int switch
        {
            0 => throw new FunctionException("division by zero"),
            -1 => Value.Of(unchecked(-arguments[0].Int)),
            var divisor => Value.Of(arguments[0].Int / divisor),
        }),
        Function.Of("mod", [GoType.Int, GoType.Int], GoType.Int, static (_, arguments) => arguments[1].Int switch
        {
            0 => throw new FunctionException("modulo by zero"),
            -1 => Value.Of(0L),
            var divisor => Value.Of(arguments[0].Int % divisor),
        }),
        Function.Of("seq", [GoType.Int, GoType.Int], GoType.Ints, Sequence),
        Function.Of("reverse", [GoType.Any], GoType.Any, Reverse),
    ];

    // Counts down when the first is the larger one.
    private static Value Sequence(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var (first, last) = (arguments[0].Int, arguments[1].Int);
        var count = Int128.Abs((Int128)last - first) + 1;
        scope.CheckCount(count > long.MaxValue ? long.MaxValue : (long)count);
        var step = last >= first ? 1 : -1;
        var items = new Value[(int)count];
        for (var index = 0; index < items.Length; index++)
        {
            items[index] = Value.Of(first + (step * (long)index));
        }

        return Value.OfReference(GoType.Ints, new ListValue(items));
    }

    // As confd's, but the list that came in stays as it was.
    private static Value Reverse(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        if (arguments[0].DynamicType is not { } type || !(type.Is(GoType.Strings) || type.Is(GoType.KeyValueSlice)))
        {
            return arguments[0];
        }

        var items = arguments[0].List.Items.ToArray();
        Array.Reverse(items);
        return Value.OfReference(type, new ListValue(items));
    }
}
