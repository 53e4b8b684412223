using Sync.Templates.Values;

namespace Sync.Templates.Functions;

/// <summary>confd's arithmetic over 64-bit integers, which wraps.</summary>
/// <remarks>Source: confd documentation, "Templates".</remarks>
internal static class NumberFunctions
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Of("add", static (left, right) => unchecked(left + right)),
        Of("sub", static (left, right) => unchecked(left - right)),
        Of("mul", static (left, right) => unchecked(left * right)),
        Divide("runtime error: integer divide by zero"),
        Remainder("runtime error: integer divide by zero"),
        Function.Of("seq", [GoType.Int, GoType.Int], GoType.Ints, Sequence),
    ];

    /// <summary><c>div</c>, which truncates toward zero.</summary>
    /// <param name="byZero">The error of a division by zero.</param>
    internal static Function Divide(string byZero) => Of("div", (left, right) => right switch
    {
        0 => throw new FunctionException(byZero),
        -1 => unchecked(-left),
        _ => left / right,
    });

    /// <summary><c>mod</c>, which has the sign of the dividend.</summary>
    /// <param name="byZero">The error of a division by zero.</param>
    internal static Function Remainder(string byZero) => Of("mod", (left, right) => right switch
    {
        0 => throw new FunctionException(byZero),
        -1 => 0,
        _ => left % right,
    });

    private static Function Of(string name, Func<long, long, long> operation) =>
        Function.Of(name, [GoType.Int, GoType.Int], GoType.Int,
            (_, arguments) => Value.Of(operation(arguments[0].Int, arguments[1].Int)));

    private static Value Sequence(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var (first, last) = (arguments[0].Int, arguments[1].Int);
        if (first > last)
        {
            return Value.OfReference(GoType.Ints, ListValue.Empty);
        }

        var count = (Int128)last - first + 1;
        scope.CheckCount(count > long.MaxValue ? long.MaxValue : (long)count);
        var items = new Value[(int)count];
        for (var index = 0; index < items.Length; index++)
        {
            items[index] = Value.Of(first + index);
        }

        return Value.OfReference(GoType.Ints, new ListValue(items));
    }
}
