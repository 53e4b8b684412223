using System.Numerics;
using Sync.Templates.Formatting;
using Sync.Templates.Time;

namespace Sync.Templates.Values;

/// <summary>
/// A value as a Go template sees it: a type, a payload, and the kind of place it was read from.
/// </summary>
/// <remarks>
/// The payload by kind: booleans, integers and floats in 64 bits; strings as bytes, normally UTF-8; slices and
/// arrays as <see cref="ListValue"/>, maps as <see cref="MapValue"/>, structs as an array of fields
/// (<see cref="TimeValue"/> for times), pointers as <see cref="Pointee"/>, complex numbers boxed. A nil slice,
/// map, pointer, channel or function has a type and no payload; a nil interface has a slot and no type.
/// The default value is no value at all.
/// </remarks>
internal readonly struct Value
{
    private readonly long _bits;

    private Value(GoType? type, long bits, object? reference, Slot slot, bool isAddressable)
    {
        DynamicType = type;
        _bits = bits;
        Reference = reference;
        Slot = slot;
        IsAddressable = isAddressable;
    }

    /// <summary>The type of what the value holds; null for no value and for a nil interface.</summary>
    public GoType? DynamicType { get; }

    /// <summary>The payload of kinds that do not fit 64 bits.</summary>
    public object? Reference { get; }

    /// <summary>The place the value was read from.</summary>
    public Slot Slot { get; }

    /// <summary>Whether the value was reached through a pointer.</summary>
    public bool IsAddressable { get; }

    /// <summary>The value <c>true</c>.</summary>
    public static Value True { get; } = OfBits(GoType.Bool, 1);

    /// <summary>The value <c>false</c>.</summary>
    public static Value False { get; } = OfBits(GoType.Bool, 0);

    /// <summary>An interface that holds nothing.</summary>
    public static Value NilInterface { get; } = new(null, 0, null, Slot.Any, isAddressable: false);

    /// <summary>Whether there is a value; a nil interface is one.</summary>
    public bool IsValid => DynamicType is not null || Slot != Slot.Concrete;

    /// <summary>The kind of the place the value stands in: interface for what came out of one.</summary>
    public Kind Kind => Slot != Slot.Concrete ? Kind.Interface : DynamicType?.Kind ?? Kind.Invalid;

    /// <summary>The kind of what the value holds, whatever place it came from.</summary>
    public Kind DynamicKind => DynamicType?.Kind ?? Kind.Invalid;

    /// <summary>The static type.</summary>
    /// <exception cref="FunctionException">There is no value.</exception>
    public GoType Type => Slot switch
    {
        Slot.Any => GoType.Any,
        Slot.Error => GoType.Error,
        Slot.Concrete => DynamicType
            ?? throw new FunctionException("reflect: call of reflect.Value.Type on zero Value"),
    };

    /// <summary>Whether a value that can be nil is.</summary>
    public bool IsNil => Slot != Slot.Concrete ? DynamicType is null : Reference is null;

    /// <summary>The payload of a boolean.</summary>
    public bool Bool => _bits != 0;

    /// <summary>The payload of a signed integer.</summary>
    public long Int => _bits;

    /// <summary>The payload of an unsigned integer.</summary>
    public ulong Uint => unchecked((ulong)_bits);

    /// <summary>The payload of a float.</summary>
    public double Float => BitConverter.Int64BitsToDouble(_bits);

    /// <summary>The payload of a complex number.</summary>
    public Complex Complex => Reference is Complex complex ? complex : default;

    /// <summary>The payload of a string.</summary>
    public byte[] String => Reference as byte[] ?? [];

    /// <summary>The payload of a string, decoded; bytes that are not UTF-8 are kept as <see cref="ByteText"/> keeps them.</summary>
    public string Text => ByteText.Decode(String);

    /// <summary>The payload of a list; a nil slice has the empty one.</summary>
    public ListValue List => Reference as ListValue ?? ListValue.Empty;

    /// <summary>The payload of a map; a nil map has the empty one.</summary>
    public MapValue Map => Reference as MapValue ?? MapValue.Empty;

    /// <summary>The fields of a struct.</summary>
    public Value[] Fields => Reference switch
    {
        Value[] fields => fields,
        TimeValue time => time.Fields,
        _ => [],
    };

    /// <summary>The number of bytes, elements or entries.</summary>
    public int Length => Reference switch
    {
        byte[] text => text.Length,
        ListValue list => list.Count,
        MapValue map => map.Count,
        ChannelValue channel => channel.Count,
        _ => 0,
    };

    public static Value Of(bool value) => value ? True : False;

    public static Value Of(long value) => OfBits(GoType.Int, value);

    public static Value Of(double value) => OfFloat(GoType.Float64, value);

    public static Value Of(byte[] text) => new(GoType.String, 0, text, Slot.Concrete, isAddressable: false);

    public static Value Of(string text) => Of(ByteText.Encode(text));

    /// <summary>A boolean or integer of a type.</summary>
    public static Value OfBits(GoType type, long bits) => new(type, bits, null, Slot.Concrete, isAddressable: false);

    /// <summary>A float of a type.</summary>
    public static Value OfFloat(GoType type, double value) => OfBits(type, BitConverter.DoubleToInt64Bits(value));

    /// <summary>A value of a type with a payload; null is nil.</summary>
    public static Value OfReference(GoType type, object? reference) =>
        new(type, 0, reference, Slot.Concrete, isAddressable: false);

    /// <summary>A <c>[]interface {}</c>.</summary>
    public static Value OfList(IEnumerable<Value> items) =>
        OfReference(GoType.List, new ListValue([.. items.Select(item => item.In(Slot.Any))]));

    /// <summary>A <c>[]string</c>.</summary>
    public static Value OfStrings(IEnumerable<byte[]> texts) =>
        OfReference(GoType.Strings, new ListValue([.. texts.Select(Of)]));

    /// <summary>A <c>map[string]interface {}</c>; of equal keys the last one wins.</summary>
    public static Value OfMap(IEnumerable<KeyValuePair<byte[], Value>> entries) =>
        OfReference(GoType.Map, MapValue.Of(entries.Select(entry =>
            new KeyValuePair<Value, Value>(Of(entry.Key), entry.Value.In(Slot.Any)))));

    /// <summary>A pointer to a made error.</summary>
    public static Value OfError(string text) =>
        OfReference(GoType.ErrorPointer, new Pointee(OfReference(GoType.ErrorText, new[] { Of(text) })));

    /// <summary>The zero value of a type.</summary>
    public static Value Zero(GoType type) => type.Kind switch
    {
        Kind.Interface => new Value(null, 0, null, type.Slot, isAddressable: false),
        Kind.String => OfReference(type, Array.Empty<byte>()),
        Kind.Struct when type.Is(GoType.Unchecked) => default,
        Kind.Struct when type.Is(GoType.Time) => OfReference(type, TimeValue.Zero),
        Kind.Struct => OfReference(type, type.Fields.Select(field => Zero(field.Type)).ToArray()),
        Kind.Array => OfReference(type, new ListValue(
            [.. Enumerable.Repeat(Zero(type.Element ?? GoType.Any), type.Length)])),
        Kind.Complex64 or Kind.Complex128 => OfReference(type, Complex.Zero),
        _ => OfBits(type, 0),
    };

    /// <summary>The same value, read from a place of the given kind.</summary>
    public Value In(Slot slot) => new(DynamicType, _bits, Reference, slot, IsAddressable);

    /// <summary>What an interface holds: no value for a nil one. Other values are themselves.</summary>
    public Value WithoutInterface() =>
        Slot == Slot.Concrete ? this : new(DynamicType, _bits, Reference, Slot.Concrete, isAddressable: false);

    /// <summary>The same payload as another type of the same shape.</summary>
    public Value As(GoType type) => new(type, _bits, Reference, Slot, IsAddressable);

    /// <summary>What a pointer that is not nil points to.</summary>
    public Value Pointed()
    {
        var target = (Reference as Pointee)?.Target ?? default;
        return new Value(target.DynamicType, target._bits, target.Reference, target.Slot, isAddressable: true);
    }

    /// <summary>Follows pointers and interfaces to their end.</summary>
    /// <param name="isNil">Whether the end is a nil pointer or a nil interface; the result is then that.</param>
    public Value Indirect(out bool isNil)
    {
        var value = this;
        while (value.Kind is Kind.Pointer or Kind.Interface)
        {
            if (value.IsNil)
            {
                isNil = true;
                return value;
            }

            value = value.Kind == Kind.Pointer ? value.Pointed() : value.WithoutInterface();
        }

        isNil = false;
        return value;
    }

    /// <summary>Whether the value counts as true in a condition.</summary>
    public bool IsTrue => DynamicKind switch
    {
        Kind.Invalid => false,
        Kind.Struct => true,
        Kind.String or Kind.Slice or Kind.Map or Kind.Array => Length > 0,
        Kind.Complex64 or Kind.Complex128 => Complex != Complex.Zero,
        Kind.Float32 or Kind.Float64 => Float != 0,
        Kind.Chan or Kind.Func or Kind.Pointer => Reference is not null,
        _ => _bits != 0,
    };
}
