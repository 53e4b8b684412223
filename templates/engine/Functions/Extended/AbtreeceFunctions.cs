using Sync.Templates.Values;

namespace Sync.Templates.Functions.Extended;

/// <summary>The functions that the fork by abtreece has under confd's names and with other behaviour.</summary>
/// <remarks>Source: documentation of abtreece/confd, "Template functions".</remarks>
internal static class AbtreeceFunctions
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        NumberFunctions.Divide("division by zero"),
        NumberFunctions.Remainder("modulo by zero"),
        Function.Of("seq", [GoType.Int, GoType.Int], GoType.Ints, Sequence),
        // The list that came in stays as it was.
        Function.Of("reverse", [GoType.Any], GoType.Any, static (_, arguments) =>
            ListFunctions.IsReversible(arguments[0]) ? ListFunctions.Reversed(arguments[0]) : arguments[0]),
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
}
