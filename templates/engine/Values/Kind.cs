namespace Sync.Templates.Values;

/// <summary>The kinds of Go types that a template can meet.</summary>
internal enum Kind : byte
{
    /// <summary>No value at all: an absent map entry, or untyped nil.</summary>
    Invalid,
    Bool,
    Int,
    Int8,
    Int16,
    Int32,
    Int64,
    Uint,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Uintptr,
    Float32,
    Float64,
    Complex64,
    Complex128,
    Array,
    Chan,
    Func,
    Interface,
    Map,
    Pointer,
    Slice,
    String,
    Struct,
}

/// <summary>Questions about kinds.</summary>
internal static class KindExtensions
{
    extension(Kind kind)
    {
        /// <summary>Whether values of the kind are signed integers.</summary>
        public bool IsSigned => kind is >= Kind.Int and <= Kind.Int64;

        /// <summary>Whether values of the kind are unsigned integers.</summary>
        public bool IsUnsigned => kind is >= Kind.Uint and <= Kind.Uintptr;

        /// <summary>Whether values of the kind are signed or unsigned integers.</summary>
        public bool IsInteger => kind is >= Kind.Int and <= Kind.Uintptr;

        /// <summary>Whether values of the kind are floating-point numbers.</summary>
        public bool IsFloat => kind is Kind.Float32 or Kind.Float64;

        /// <summary>Whether values of the kind are complex numbers.</summary>
        public bool IsComplex => kind is Kind.Complex64 or Kind.Complex128;

        /// <summary>Whether nil is a value of types of the kind.</summary>
        public bool CanBeNil => kind is Kind.Chan or Kind.Func or Kind.Interface or Kind.Map or Kind.Pointer
            or Kind.Slice;

        /// <summary>The width of an integer, float or complex kind in bits.</summary>
        public int Bits => kind switch
        {
            Kind.Int8 or Kind.Uint8 => 8,
            Kind.Int16 or Kind.Uint16 => 16,
            Kind.Int32 or Kind.Uint32 or Kind.Float32 => 32,
            Kind.Complex128 => 128,
            _ => 64,
        };
    }
}
