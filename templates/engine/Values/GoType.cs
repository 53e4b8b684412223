namespace Sync.Templates.Values;

/// <summary>A Go type: what error texts, <c>%T</c> and the checks of arguments know of a value.</summary>
/// <remarks>Immutable. Two types are the same exactly when their names are.</remarks>
internal sealed class GoType
{
    private GoType(Kind kind, string name) => (Kind, Name) = (kind, name);

    public static GoType Bool { get; } = new(Kind.Bool, "bool");
    public static GoType Int { get; } = new(Kind.Int, "int");
    public static GoType Int8 { get; } = new(Kind.Int8, "int8");
    public static GoType Int16 { get; } = new(Kind.Int16, "int16");
    public static GoType Int32 { get; } = new(Kind.Int32, "int32");
    public static GoType Int64 { get; } = new(Kind.Int64, "int64");
    public static GoType Uint { get; } = new(Kind.Uint, "uint");
    public static GoType Uint8 { get; } = new(Kind.Uint8, "uint8");
    public static GoType Uint16 { get; } = new(Kind.Uint16, "uint16");
    public static GoType Uint32 { get; } = new(Kind.Uint32, "uint32");
    public static GoType Uint64 { get; } = new(Kind.Uint64, "uint64");
    public static GoType Uintptr { get; } = new(Kind.Uintptr, "uintptr");
    public static GoType Float32 { get; } = new(Kind.Float32, "float32");
    public static GoType Float64 { get; } = new(Kind.Float64, "float64");
    public static GoType Complex64 { get; } = new(Kind.Complex64, "complex64");
    public static GoType Complex128 { get; } = new(Kind.Complex128, "complex128");
    public static GoType String { get; } = new(Kind.String, "string");

    /// <summary>The empty interface: any value, nil included.</summary>
    public static GoType Any { get; } = new(Kind.Interface, "interface {}");

    /// <summary>The interface of errors.</summary>
    public static GoType Error { get; } = new(Kind.Interface, "error") { IsError = true };

    /// <summary>A parameter that takes a value together with the interface it came in, absent values too.</summary>
    public static GoType Unchecked { get; } = new(Kind.Struct, "reflect.Value");

    public static GoType Bytes { get; } = SliceOf(Uint8);
    public static GoType Ints { get; } = SliceOf(Int);
    public static GoType Strings { get; } = SliceOf(String);
    public static GoType List { get; } = SliceOf(Any);
    public static GoType Map { get; } = MapOf(String, Any);
    public static GoType StringMap { get; } = MapOf(String, String);

    /// <summary>A key with its value, as <c>get</c> and <c>gets</c> give them.</summary>
    public static GoType KeyValue { get; } =
        new(Kind.Struct, "memkv.KVPair") { Fields = [new("Key", String), new("Value", String)] };

    public static GoType KeyValueSlice { get; } = SliceOf(KeyValue);

    /// <summary>The named list type of <c>gets</c>.</summary>
    public static GoType KeyValues { get; } =
        new(Kind.Slice, "memkv.KVPairs") { Element = KeyValue, Underlying = KeyValueSlice };

    public static GoType ServiceRecord { get; } = new(Kind.Struct, "net.SRV")
    {
        Fields = [new("Target", String), new("Port", Uint16), new("Priority", Uint16), new("Weight", Uint16)],
    };

    public static GoType ServiceRecords { get; } = SliceOf(PointerTo(ServiceRecord));
    public static GoType Time { get; } = new(Kind.Struct, "time.Time");
    public static GoType Duration { get; } = new(Kind.Int64, "time.Duration");
    public static GoType Month { get; } = new(Kind.Int, "time.Month");
    public static GoType Weekday { get; } = new(Kind.Int, "time.Weekday");

    public static GoType LocationPointer { get; } = PointerTo(new GoType(Kind.Struct, "time.Location"));

    /// <summary>What a made error points to.</summary>
    public static GoType ErrorText { get; } =
        new(Kind.Struct, "errors.errorString") { Fields = [new("s", String)] };

    public static GoType ErrorPointer { get; } = PointerTo(ErrorText);

    /// <summary>The kind of the type's values.</summary>
    public Kind Kind { get; }

    /// <summary>The type in Go's syntax.</summary>
    public string Name { get; }

    /// <summary>The element type of a list, map, channel or pointer.</summary>
    public GoType? Element { get; private init; }

    /// <summary>The key type of a map.</summary>
    public GoType? Key { get; private init; }

    /// <summary>The number of elements of an array.</summary>
    public int Length { get; private init; }

    /// <summary>The fields of a struct, in order.</summary>
    public IReadOnlyList<GoField> Fields { get; private init; } = [];

    /// <summary>The parameters of a function; the last one of a variadic function is its element type.</summary>
    public IReadOnlyList<GoType> Parameters { get; private init; } = [];

    /// <summary>Whether a function takes any number of its last parameter.</summary>
    public bool IsVariadic { get; private init; }

    /// <summary>The result of a function.</summary>
    public GoType? Result { get; private init; }

    private bool IsError { get; init; }

    private GoType? Underlying { get; init; }

    /// <summary>The slot that values of the type are stored in when the type is an interface.</summary>
    public Slot Slot => Kind != Kind.Interface ? Slot.Concrete : IsError ? Slot.Error : Slot.Any;

    /// <summary>The type of lists of <paramref name="element"/>.</summary>
    public static GoType SliceOf(GoType element) => new(Kind.Slice, $"[]{element.Name}") { Element = element };

    /// <summary>The type of arrays.</summary>
    public static GoType ArrayOf(int length, GoType element) =>
        new(Kind.Array, $"[{length}]{element.Name}") { Element = element, Length = length };

    /// <summary>The type of maps.</summary>
    public static GoType MapOf(GoType key, GoType element) =>
        new(Kind.Map, $"map[{key.Name}]{element.Name}") { Key = key, Element = element };

    /// <summary>The type of pointers.</summary>
    public static GoType PointerTo(GoType element) => new(Kind.Pointer, $"*{element.Name}") { Element = element };

    /// <summary>The type of channels.</summary>
    public static GoType ChannelOf(GoType element) => new(Kind.Chan, $"chan {element.Name}") { Element = element };

    /// <summary>An unnamed struct type.</summary>
    public static GoType StructOf(IReadOnlyList<GoField> fields) =>
        new(Kind.Struct, fields.Count == 0
            ? "struct {}"
            : $"struct {{ {string.Join("; ", fields.Select(field => $"{field.Name} {field.Type.Name}"))} }}")
        {
            Fields = fields,
        };

    /// <summary>A struct type with a name.</summary>
    public static GoType NamedStruct(string name, IReadOnlyList<GoField> fields) => new(Kind.Struct, name) { Fields = fields };

    /// <summary>The type of a function.</summary>
    /// <param name="parameters">The parameters; the last one of a variadic function as its element type.</param>
    /// <param name="result">The result's type.</param>
    /// <param name="isVariadic">Whether the last parameter may stand any number of times.</param>
    /// <param name="canFail">Whether an error is a second result.</param>
    public static GoType FunctionOf(IReadOnlyList<GoType> parameters, GoType result, bool isVariadic, bool canFail = false)
    {
        var names = parameters.Select((parameter, index) =>
            isVariadic && index == parameters.Count - 1 ? $"...{parameter.Name}" : parameter.Name);
        return new GoType(Kind.Func, $"func({string.Join(", ", names)}) {(canFail ? $"({result.Name}, error)" : result.Name)}")
        {
            Parameters = parameters,
            IsVariadic = isVariadic,
            Result = result,
        };
    }

    /// <summary>Whether this is the same type as another.</summary>
    public bool Is(GoType other) => ReferenceEquals(this, other) || Name == other.Name;

    /// <summary>Whether values of this type can be passed where <paramref name="target"/> is expected.</summary>
    public bool IsAssignableTo(GoType target) =>
        Is(target)
        || (target.Kind == Kind.Interface && (!target.IsError || IsError || Is(ErrorPointer)))
        || (Underlying is { } own && own.Is(target))
        || (target.Underlying is { } others && others.Is(this));

    /// <summary>Whether values of this type can be compared with <c>==</c>.</summary>
    public bool IsComparable => Kind switch
    {
        Kind.Slice or Kind.Map or Kind.Func => false,
        Kind.Array => Element is { IsComparable: true },
        Kind.Struct => Fields.All(member => member.Type.IsComparable),
        _ => true,
    };

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>A field of a struct type.</summary>
/// <param name="Name">The name; one that begins in lower case is not visible to templates.</param>
/// <param name="Type">The type of its values.</param>
internal sealed record GoField(string Name, GoType Type)
{
    /// <summary>Whether templates may read the field.</summary>
    public bool IsExported => char.IsUpper(Name[0]);
}
