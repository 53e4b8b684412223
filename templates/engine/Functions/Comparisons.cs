using Sync.Templates.Formatting;
using Sync.Templates.Values;

namespace Sync.Templates.Functions;

/// <summary>Go's <c>eq ne lt le gt ge</c>.</summary>
/// <remarks>Source: Go package text/template, "Functions", as of 1.19.</remarks>
internal static class Comparisons
{
    private const string IncompatibleTypes = "incompatible types for comparison";
    private const string InvalidType = "invalid type for comparison";

    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Function.Variadic("eq", [GoType.Unchecked, GoType.Unchecked], GoType.Bool,
            static (_, arguments) => Value.Of(AnyEqual(arguments))),
        Function.Of("ne", [GoType.Unchecked, GoType.Unchecked], GoType.Bool,
            static (_, arguments) => Value.Of(!AnyEqual(arguments))),
        Function.Of("lt", [GoType.Unchecked, GoType.Unchecked], GoType.Bool,
            static (_, arguments) => Value.Of(IsLess(arguments[0], arguments[1]))),
        Function.Of("le", [GoType.Unchecked, GoType.Unchecked], GoType.Bool,
            static (_, arguments) => Value.Of(IsLess(arguments[0], arguments[1]) || AnyEqual(arguments))),
        Function.Of("gt", [GoType.Unchecked, GoType.Unchecked], GoType.Bool,
            static (_, arguments) => Value.Of(!(IsLess(arguments[0], arguments[1]) || AnyEqual(arguments)))),
        Function.Of("ge", [GoType.Unchecked, GoType.Unchecked], GoType.Bool,
            static (_, arguments) => Value.Of(!IsLess(arguments[0], arguments[1]))),
    ];

    /// <summary>What values of a kind are compared as.</summary>
    private enum BasicKind
    {
        Invalid,
        Bool,
        Complex,
        Int,
        Float,
        String,
        Uint,
    }

    private static bool AnyEqual(ReadOnlySpan<Value> arguments)
    {
        var first = arguments[0].WithoutInterface();
        if (arguments.Length == 1)
        {
            throw new FunctionException("missing argument for comparison");
        }

        foreach (var argument in arguments[1..])
        {
            if (AreEqual(first, argument.WithoutInterface()))
            {
                return true;
            }
        }

        return false;
    }

    private static bool AreEqual(in Value left, in Value right)
    {
        var (leftKind, rightKind) = (KindOf(left), KindOf(right));
        return (leftKind, rightKind) switch
        {
            (BasicKind.Int, BasicKind.Uint) => left.Int >= 0 && left.Uint == right.Uint,
            (BasicKind.Uint, BasicKind.Int) => right.Int >= 0 && left.Uint == right.Uint,
            _ when leftKind != rightKind => left.IsValid && right.IsValid
                ? throw new FunctionException(IncompatibleTypes)
                : false,
            (BasicKind.Invalid, _) => AreOthersEqual(left, right),
            (BasicKind.Float, _) => left.Float == right.Float,
            (BasicKind.Complex, _) => left.Complex == right.Complex,
            (BasicKind.String, _) => left.String.AsSpan().SequenceEqual(right.String),
            _ => left.Int == right.Int,
        };
    }

    // Values of different kinds are refused, but for nil; values of one kind only when theirs has no equality.
    private static bool AreOthersEqual(in Value left, in Value right)
    {
        if (left.IsValid && right.IsValid && left.DynamicKind != right.DynamicKind)
        {
            throw new FunctionException(
                $"non-comparable types {Show(left)}: {left.Type.Name}, {right.Type.Name}: {Show(right, 'v')}");
        }

        var (isLeftNil, isRightNil) = (IsNothing(left), IsNothing(right));
        if (isLeftNil || isRightNil)
        {
            return isLeftNil == isRightNil;
        }

        return right.DynamicType is { IsComparable: false } type
            ? throw new FunctionException($"non-comparable type {Show(right)}: {type.Name}")
            : ValueOrder.AreEqual(left, right);
    }

    private static bool IsNothing(in Value value) =>
        !value.IsValid || (value.DynamicKind.CanBeNil && value.Reference is null);

    private static bool IsLess(in Value leftArgument, in Value rightArgument)
    {
        var left = leftArgument.WithoutInterface();
        var right = rightArgument.WithoutInterface();
        var (leftKind, rightKind) = (KindOf(left), KindOf(right));
        if (leftKind == BasicKind.Invalid || rightKind == BasicKind.Invalid)
        {
            throw new FunctionException(InvalidType);
        }

        return (leftKind, rightKind) switch
        {
            (BasicKind.Int, BasicKind.Uint) => left.Int < 0 || left.Uint < right.Uint,
            (BasicKind.Uint, BasicKind.Int) => right.Int >= 0 && left.Uint < right.Uint,
            _ when leftKind != rightKind => throw new FunctionException(IncompatibleTypes),
            (BasicKind.Float, _) => left.Float < right.Float,
            (BasicKind.Int, _) => left.Int < right.Int,
            (BasicKind.Uint, _) => left.Uint < right.Uint,
            (BasicKind.String, _) => left.String.AsSpan().SequenceCompareTo(right.String) < 0,
            _ => throw new FunctionException(InvalidType),
        };
    }

    private static BasicKind KindOf(in Value value) => value.DynamicKind switch
    {
        Kind.Bool => BasicKind.Bool,
        Kind.String => BasicKind.String,
        var kind when kind.IsSigned => BasicKind.Int,
        var kind when kind.IsUnsigned => BasicKind.Uint,
        var kind when kind.IsFloat => BasicKind.Float,
        var kind when kind.IsComplex => BasicKind.Complex,
        _ => BasicKind.Invalid,
    };

    private static string Show(in Value value, char verb = 's')
    {
        // Long enough for any error a reader would finish.
        using var text = new TextBuffer(1 << 20);
        new Printer(text).PrintArgument(value, verb);
        return ByteText.Decode(text.Written);
    }
}
