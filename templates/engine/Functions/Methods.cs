using System.Globalization;
using Sync.Templates.Functions.Consul;
using Sync.Templates.Functions.Own;
using Sync.Templates.Time;
using Sync.Templates.Values;

namespace Sync.Templates.Functions;

/// <summary>The methods of the values that templates meet. The receiver is the first argument.</summary>
internal static class Methods
{
    private static readonly Dictionary<string, Dictionary<string, Function>> ByType = new(StringComparer.Ordinal)
    {
        [GoType.KeyValues.Name] = Table(
            Function.Of("Len", [], GoType.Int, static (_, arguments) => Value.Of((long)arguments[0].Length)),
            Function.Of("Less", [GoType.Int, GoType.Int], GoType.Bool, static (_, arguments) => Value.Of(
                KeyAt(arguments[0], arguments[1].Int).AsSpan().SequenceCompareTo(KeyAt(arguments[0], arguments[2].Int)) < 0)),
            WithoutResult("Swap", 0, GoType.Int, GoType.Int)),
        [GoType.ErrorText.Name] = Table(
            Function.Of("Error", [], GoType.String, static (_, arguments) => arguments[0].Fields[0])),
        [GoType.Time.Name] = Table([.. TimeMethods.OfTime, WithoutResult("Clock", 3), WithoutResult("Date", 3),
            WithoutResult("ISOWeek", 2), WithoutResult("Zone", 2), WithoutResult("ZoneBounds", 2)]),
        [GoType.LocationPointer.Name] = Table(Function.Of("String", [], GoType.String,
            static (_, arguments) => Value.Of((arguments[0].Reference as TimeLocation ?? TimeLocation.Utc).Name))),
        [ScratchFunction.Type.Name] = Table([.. ScratchFunction.Methods]),
        [GoType.Duration.Name] = Table([.. TimeMethods.OfDuration]),
        [SemanticVersion.Type.Name] = Table(Function.Of("Compare", [SemanticVersion.Type], GoType.Int, static (_, arguments) =>
            Value.Of((long)Math.Sign(SemanticVersion.Of(arguments[0]).CompareTo(SemanticVersion.Of(arguments[1])))))),
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

    /// <summary>Whether values of a type have a method.</summary>
    public static bool Has(GoType type, string name) => ByType.GetValueOrDefault(type.Name)?.ContainsKey(name) == true;

    // A method that templates see and cannot call, for its number of results.
    private static Function WithoutResult(string name, int resultCount, params GoType[] parameters) =>
        Function.Of(name, parameters, GoType.Any, static (_, _) => default) with { ResultCount = resultCount };

    private static byte[] KeyAt(in Value pairs, long index) => index >= 0 && index < pairs.Length
        ? pairs.List[(int)index].Fields[0].String
        : throw new FunctionException(string.Create(CultureInfo.InvariantCulture,
            $"runtime error: index out of range [{index}]{(index < 0 ? "" : $" with length {pairs.Length}")}"));

    private static Dictionary<string, Function> Table(params Function[] functions) =>
        functions.ToDictionary(function => function.Name, StringComparer.Ordinal);
}
