using Sync.Templates.Time;

namespace Sync.Templates.Values;

/// <summary>The order of map keys, and equality of values as Go's <c>==</c> has it.</summary>
internal static class ValueOrder
{
    /// <summary>Compares two keys of one map: false before true, NaN before numbers, strings by bytes.</summary>
    public static int Compare(in Value left, in Value right)
    {
        if (left.DynamicKind != right.DynamicKind)
        {
            return left.DynamicKind.CompareTo(right.DynamicKind);
        }

        switch (left.DynamicKind)
        {
            case Kind.String:
                return left.String.AsSpan().SequenceCompareTo(right.String);
            case Kind.Float32 or Kind.Float64:
                return left.Float.CompareTo(right.Float);
            case Kind.Complex64 or Kind.Complex128:
                var byReal = left.Complex.Real.CompareTo(right.Complex.Real);
                return byReal != 0 ? byReal : left.Complex.Imaginary.CompareTo(right.Complex.Imaginary);
            case var kind when kind.IsUnsigned:
                return left.Uint.CompareTo(right.Uint);
            case Kind.Array:
                return CompareAll(left.List.Items, right.List.Items);
            case Kind.Struct:
                return CompareAll(left.Fields, right.Fields);
            default:
                return left.Int.CompareTo(right.Int);
        }
    }

    /// <summary>Whether two keys are the same entry; NaN never is.</summary>
    public static bool AreSameKey(in Value left, in Value right) => AreEqual(left, right);

    /// <summary>Whether two values of comparable types are equal; values of different types are not.</summary>
    public static bool AreEqual(in Value left, in Value right)
    {
        if (left.DynamicType is null || right.DynamicType is null)
        {
            return left.DynamicType is null && right.DynamicType is null;
        }

        if (!left.DynamicType.Is(right.DynamicType))
        {
            return false;
        }

        return left.DynamicKind switch
        {
            Kind.String => left.String.AsSpan().SequenceEqual(right.String),
            Kind.Float32 or Kind.Float64 => left.Float == right.Float,
            Kind.Complex64 or Kind.Complex128 => left.Complex == right.Complex,
            Kind.Array => AreAllEqual(left.List.Items, right.List.Items),
            Kind.Struct when left.Reference is TimeValue time => time.Equals(right.Reference),
            Kind.Struct => AreAllEqual(left.Fields, right.Fields),
            Kind.Pointer or Kind.Chan or Kind.Map or Kind.Slice or Kind.Func =>
                ReferenceEquals(left.Reference, right.Reference),
            _ => left.Int == right.Int,
        };
    }

    private static int CompareAll(ReadOnlySpan<Value> left, ReadOnlySpan<Value> right)
    {
        for (var index = 0; index < left.Length; index++)
        {
            if (Compare(left[index], right[index]) is var order and not 0)
            {
                return order;
            }
        }

        return 0;
    }

    private static bool AreAllEqual(ReadOnlySpan<Value> left, ReadOnlySpan<Value> right)
    {
        for (var index = 0; index < left.Length; index++)
        {
            if (!AreEqual(left[index], right[index]))
            {
                return false;
            }
        }

        return true;
    }
}
