using Sync.Templates.Time;
using Sync.Templates.Values;

namespace Sync.Templates.Functions;

/// <summary>The methods of the values that templates meet. The receiver is the first argument.</summary>
internal static class Methods
{
    private static readonly Dictionary<string, Dictionary<string, Function>> ByType = new(StringComparer.Ordinal)
    {
        [GoType.KeyValues.Name] = Table(
            Function.Of("Len", [], GoType.Int, static (_, arguments) => Value.Of((long)arguments[0].Length))),
        [GoType.ErrorText.Name] = Table(
            Function.Of("Error", [], GoType.String, static (_, arguments) => arguments[0].Fields[0])),
        [GoType.Time.Name] = Table([.. TimeMethods.OfTime]),
        [GoType.Duration.Name] = Table([.. TimeMethods.OfDuration]),
        [GoType.Month.Name] = Table(
            Function.Of("String", [], GoType.String, static (_, arguments) => Value.Of(TimeNames.Month(arguments[0].Int)))),
        [GoType.Weekday.Name] = Table(
            Function.Of("String", [], GoType.String, static (_, arguments) => Value.Of(TimeNames.Weekday(arguments[0].Int)))),
    };

    /// <summary>A method of a value, or null.</summary>
    public static Function? Find(in Value receiver, string name)
    {
        // What templates read most has no methods.
        if (receiver.DynamicType is not { } type || ReferenceEquals(type, GoType.KeyValue)
            || ReferenceEquals(type, GoType.Map) || ReferenceEquals(type, GoType.String))
        {
            return null;
        }

        return ByType.GetValueOrDefault(type.Name)?.GetValueOrDefault(name);
    }

    private static Dictionary<string, Function> Table(params Function[] functions) =>
        functions.ToDictionary(function => function.Name, StringComparer.Ordinal);
}
