using Sync.Templates.Diagnostics;
using Sync.Templates.Time;
using Sync.Templates.Values;

namespace Sync.Templates.Functions.Extended;

/// <summary>Arithmetic and comparison over numbers and texts that are numbers.</summary>
/// <remarks>Source: documentation of yunify/confd, "Template functions".</remarks>
internal static class YunifyFunctions
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Arithmetic("add", static (left, right) => unchecked(left + right), static (left, right) => left + right),
        Arithmetic("sub", static (left, right) => unchecked(left - right), static (left, right) => left - right),
        Arithmetic("mul", static (left, right) => unchecked(left * right), static (left, right) => left * right),
        Function.Of("div", [GoType.Any, GoType.Any], GoType.Any, Divide),
        Function.Of("mod", [GoType.Any, GoType.Any], GoType.Any, Modulo),
        Function.Of("max", [GoType.Any, GoType.Any], GoType.Float64, static (_, arguments) =>
            Value.Of(Math.Max(YunifyNumber.Of(arguments[0]).Float, YunifyNumber.Of(arguments[1]).Float))),
        Function.Of("min", [GoType.Any, GoType.Any], GoType.Float64, static (_, arguments) =>
            Value.Of(Math.Min(YunifyNumber.Of(arguments[0]).Float, YunifyNumber.Of(arguments[1]).Float))),
        Function.Of("eq", [GoType.Any, GoType.Any], GoType.Bool,
            static (scope, arguments) => Value.Of(AreEqual(scope, arguments[0], arguments[1]))),
        Function.Of("ne", [GoType.Any, GoType.Any], GoType.Bool,
            static (scope, arguments) => Value.Of(!AreEqual(scope, arguments[0], arguments[1]))),
        Comparison("lt", static order => order < 0),
        Comparison("le", static order => order <= 0),
        Comparison("gt", static order => order > 0),
        Comparison("ge", static order => order >= 0),
        Function.Variadic("getv", [GoType.String, GoType.String], GoType.String, static (scope, arguments) =>
            KeyFunctions.GetValue(scope, arguments.Length > 1 && arguments[1].Length == 0 ? arguments[..1] : arguments)),
        HostFunctions.Addresses("lookupIP", static text => text.Contains('.', StringComparison.Ordinal)),
        Base64("base64Encode", static (scope, text) => TextFunctions.EncodeBase64(scope, [Value.Of(text)])),
        Base64("base64Decode", static (_, text) => Value.Of(Base64Text.Decode(text))),
    ];

    private static Function Base64(string name, Func<RenderScope, byte[], Value> convert) =>
        Function.Of(name, [GoType.Any], GoType.String, (scope, arguments) => arguments[0] switch
        {
            { DynamicKind: Kind.String } text => convert(scope, text.String),
            { DynamicType: { } type } bytes when type.Is(GoType.Bytes) =>
                convert(scope, [.. bytes.List.Items.ToArray().Select(item => (byte)item.Uint)]),
            var other => throw new FunctionException($"unsupported type {other.DynamicKind.ToString().ToLowerInvariant()}"),
        });

    private static Function Arithmetic(string name, Func<long, long, long> ofIntegers, Func<double, double, double> ofFloats) =>
        Function.Of(name, [GoType.Any, GoType.Any], GoType.Any, (_, arguments) =>
        {
            var (left, right) = (YunifyNumber.Of(arguments[0]), YunifyNumber.Of(arguments[1]));
            if (left.Float == 0 && right.Float == 0)
            {
                return Value.Of(0L);
            }

            return left.IsFloat || right.IsFloat
                ? Value.Of(ofFloats(left.Float, right.Float))
                : Value.OfBits(GoType.Int64, ofIntegers(left.Int, right.Int));
        });

    private static Value Divide(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var (left, right) = (YunifyNumber.Of(arguments[0]), YunifyNumber.Of(arguments[1]));
        if (right.Float == 0)
        {
            throw new FunctionException("Can't divide the value by 0");
        }

        return left.IsFloat || right.IsFloat ? Value.Of(left.Float / right.Float)
            : Value.OfBits(GoType.Int64, right.Int == -1 ? unchecked(-left.Int) : left.Int / right.Int);
    }

    private static Value Modulo(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var (left, right) = (YunifyNumber.Of(arguments[0]), YunifyNumber.Of(arguments[1]));
        if (left.IsFloat || right.IsFloat)
        {
            throw new FunctionException("Modulo operator can't be used with non integer value");
        }

        return right.Int == 0
            ? throw new FunctionException("The number can't be divided by zero at modulo operation")
            : Value.OfBits(GoType.Int64, right.Int == -1 ? 0 : left.Int % right.Int);
    }

    private static bool AreEqual(RenderScope scope, in Value left, in Value right)
    {
        if (YunifyNumber.TryFloat(left) is { } leftNumber && YunifyNumber.TryFloat(right) is { } rightNumber)
        {
            return leftNumber == rightNumber;
        }

        return AreDeeplyEqual(scope, left, right);
    }

    private static bool AreDeeplyEqual(RenderScope scope, in Value left, in Value right)
    {
        scope.CheckTime();
        if (!StackRoom.IsLeft)
        {
            throw new LimitException("values are nested too deeply to be compared");
        }

        if (left.DynamicKind is not (Kind.Slice or Kind.Map) || left.DynamicKind != right.DynamicKind)
        {
            return ValueOrder.AreEqual(left, right);
        }

        var isMap = left.DynamicKind == Kind.Map;
        var leftItems = isMap ? left.Map.Elements : left.List.Items;
        var rightItems = isMap ? right.Map.Elements : right.List.Items;
        if (leftItems.Length != rightItems.Length)
        {
            return false;
        }

        for (var index = 0; index < leftItems.Length; index++)
        {
            if ((isMap && !ValueOrder.AreEqual(left.Map.Keys[index], right.Map.Keys[index]))
                || !AreDeeplyEqual(scope, leftItems[index], rightItems[index]))
            {
                return false;
            }
        }

        return true;
    }

    // Two texts of which neither is a number compare as texts; everything else as numbers.
    private static Function Comparison(string name, Func<int, bool> isWanted) =>
        Function.Of(name, [GoType.Any, GoType.Any], GoType.Bool, (_, arguments) =>
        {
            var (left, right) = (arguments[0], arguments[1]);
            var areTexts = left.DynamicKind == Kind.String && right.DynamicKind == Kind.String
                && YunifyNumber.TryFloat(left) is null && YunifyNumber.TryFloat(right) is null;
            return Value.Of(isWanted(areTexts
                ? left.String.AsSpan().SequenceCompareTo(right.String)
                : Size(left).CompareTo(Size(right))));
        });

    private static double Size(in Value value) => value.DynamicKind switch
    {
        Kind.String => YunifyNumber.TryFloat(value) ?? 0,
        Kind.Slice or Kind.Array or Kind.Map => value.Length,
        Kind.Struct when value.Reference is TimeValue time => time.UnixSeconds,
        var kind when kind.IsFloat => value.Float,
        var kind when kind.IsSigned => value.Int,
        _ => 0,
    };
}
