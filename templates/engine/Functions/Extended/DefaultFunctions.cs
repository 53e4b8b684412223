using Sync.Templates.Values;

namespace Sync.Templates.Functions.Extended;

/// <summary>Functions that choose between values: <c>default ternary coalesce empty required fail</c>.</summary>
/// <remarks>Source: documentation of abtreece/confd, "Template functions".</remarks>
internal static class DefaultFunctions
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Function.Of("default", [GoType.Any, GoType.Any], GoType.Any,
            static (_, arguments) => IsEmpty(arguments[1]) ? arguments[0] : arguments[1]),
        Function.Of("ternary", [GoType.Any, GoType.Any, GoType.Bool], GoType.Any,
            static (_, arguments) => arguments[2].Bool ? arguments[0] : arguments[1]),
        Function.Variadic("coalesce", [GoType.Any], GoType.Any, Coalesce),
        Function.Of("empty", [GoType.Any], GoType.Bool, static (_, arguments) => Value.Of(IsEmpty(arguments[0]))),
        Function.Of("required", [GoType.String, GoType.Any], GoType.Any, static (_, arguments) =>
            IsEmpty(arguments[1]) ? throw new FunctionException(arguments[0].Text) : arguments[1]),
        Function.Of("fail", [GoType.String], GoType.String,
            static (_, arguments) => throw new FunctionException(arguments[0].Text)),
    ];

    /// <summary>Whether a value is nothing, zero, or a struct of nothing but zeros.</summary>
    internal static bool IsEmpty(in Value value)
    {
        if (value.DynamicKind != Kind.Struct)
        {
            return !value.IsTrue;
        }

        foreach (var member in value.Fields)
        {
            if (!IsEmpty(member))
            {
                return false;
            }
        }

        return true;
    }

    private static Value Coalesce(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        foreach (var argument in arguments)
        {
            if (!IsEmpty(argument))
            {
                return argument;
            }
        }

        return default;
    }
}
