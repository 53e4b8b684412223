using Sync.Templates.Values;

namespace Sync.Templates.Functions;

/// <summary>Fits a value to the type of a map's key or of a called function's parameter.</summary>
internal static class Conversion
{
    /// <summary>The value as the type, if it is of the type or both are integers.</summary>
    /// <exception cref="FunctionException">It is neither.</exception>
    public static Value Prepare(in Value value, GoType target)
    {
        if (!value.IsValid)
        {
            return target.Kind.CanBeNil
                ? Value.Zero(target)
                : throw new FunctionException($"value is nil; should be of type {target.Name}");
        }

        if (value.Type.IsAssignableTo(target))
        {
            return value;
        }

        return value.Kind.IsInteger && target.Kind.IsInteger
            ? Value.OfBits(target, Wrap(value.Int, target.Kind))
            : throw new FunctionException($"value has type {value.Type.Name}; should be {target.Name}");
    }

    /// <summary>An integer as another kind, which keeps the low bits.</summary>
    public static long Wrap(long bits, Kind kind) => unchecked(kind switch
    {
        Kind.Int8 => (sbyte)bits,
        Kind.Int16 => (short)bits,
        Kind.Int32 => (int)bits,
        Kind.Uint8 => (byte)bits,
        Kind.Uint16 => (ushort)bits,
        Kind.Uint32 => (uint)bits,
        _ => bits,
    });
}
