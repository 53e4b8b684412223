using Sync.Templates.Diagnostics;
using Sync.Templates.Formatting;
using Sync.Templates.Keys;
using Sync.Templates.Values;

namespace Sync.Templates.Functions.Consul;

/// <summary>
/// consul-template's functions over keys, on the keys of the render: <c>key keyExists keyOrDefault ls safeLs tree
/// safeTree byKey explode</c>.
/// </summary>
/// <remarks>
/// A key such as <c>app/port</c> is <c>/app/port</c> here. Where consul-template waits for data, the render fails and is
/// tried again when the keys change. Source: consul-template, <c>docs/templating-language.md</c>.
/// </remarks>
internal static class KeyPairFunctions
{
    // The facts of Consul's own that other stores do not have are zero.
    private static readonly GoType PairType = GoType.NamedStruct("dependency.KeyPair",
    [
        new("Path", GoType.String), new("Key", GoType.String), new("Value", GoType.String), new("Exists", GoType.Bool),
        new("CreateIndex", GoType.Uint64), new("ModifyIndex", GoType.Uint64), new("LockIndex", GoType.Uint64),
        new("Flags", GoType.Uint64), new("Session", GoType.String),
    ]);

    private static readonly GoType PairPointer = GoType.PointerTo(PairType);
    private static readonly GoType Pairs = GoType.SliceOf(PairPointer);
    private static readonly GoType PairsByKey = GoType.MapOf(GoType.String, PairPointer);
    private static readonly GoType PairsByTop = GoType.MapOf(GoType.String, PairsByKey);

    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Function.Of("key", [GoType.String], GoType.String, Key),
        Function.Of("keyExists", [GoType.String], GoType.Bool,
            static (scope, arguments) => Value.Of(Find(scope, arguments[0]) is not null)),
        Function.Of("keyOrDefault", [GoType.String, GoType.String], GoType.String, static (scope, arguments) =>
            Find(scope, arguments[0]) is { Length: > 0 } value ? Value.Of(value) : arguments[1]),
        Function.Of("ls", [GoType.String], Pairs,
            static (scope, arguments) => List(scope, arguments[0], isDeep: false, mayBeEmpty: true)),
        Function.Of("safeLs", [GoType.String], Pairs,
            static (scope, arguments) => List(scope, arguments[0], isDeep: false, mayBeEmpty: false)),
        Function.Of("tree", [GoType.String], Pairs,
            static (scope, arguments) => List(scope, arguments[0], isDeep: true, mayBeEmpty: true)),
        Function.Of("safeTree", [GoType.String], Pairs,
            static (scope, arguments) => List(scope, arguments[0], isDeep: true, mayBeEmpty: false)),
        Function.Of("byKey", [Pairs], PairsByTop, ByKey),
        Function.Of("explode", [Pairs], GoType.Map, Explode),
    ];

    private static Value Key(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        if (arguments[0].Length == 0)
        {
            return arguments[0];
        }

        return Find(scope, arguments[0]) is { } value
            ? Value.Of(value)
            : throw new FunctionException($"key does not exist: {arguments[0].Text}");
    }

    private static byte[]? Find(RenderScope scope, in Value name)
    {
        var path = Absolute(name);
        scope.Read(KeyReadKind.Exact, path);
        return name.Length > 0 && scope.Keys.Find(path) is var index and >= 0 ? scope.ValueAt(index) : null;
    }

    private static byte[] Absolute(in Value name) => PathText.Clean([(byte)'/', .. name.String]);

    private static Value List(RenderScope scope, in Value prefix, bool isDeep, bool mayBeEmpty)
    {
        var folder = Absolute(prefix);
        scope.Read(KeyReadKind.Below, folder);
        byte[] start = folder.Length == 1 ? folder : [.. folder, (byte)'/'];
        var pairs = new List<Value>();
        var keys = scope.Keys;
        for (var index = keys.LowerBound(start); index < keys.Count && keys.PathAt(index).AsSpan().StartsWith(start); index++)
        {
            var name = keys.PathAt(index)[start.Length..];
            if (name.Length > 0 && (isDeep ? name[^1] != '/' : !name.Contains((byte)'/')))
            {
                pairs.Add(Pair(keys.PathAt(index)[1..], name, scope.ValueAt(index)));
            }
        }

        return pairs.Count > 0 || mayBeEmpty
            ? Value.OfReference(Pairs, new ListValue([.. pairs]))
            : throw new FunctionException($"no keys below {prefix.Text}");
    }

    private static Value Pair(byte[] path, byte[] key, byte[] value) =>
        Value.OfReference(PairPointer, new Pointee(Value.OfReference(PairType, new[]
        {
            Value.Of(path), Value.Of(key), Value.Of(value), Value.True, Value.Zero(GoType.Uint64), Value.Zero(GoType.Uint64),
            Value.Zero(GoType.Uint64), Value.Zero(GoType.Uint64), Value.Of(Array.Empty<byte>()),
        })));

    private static Value[] FieldsOf(in Value pair) => pair.Pointed().Fields;

    // The first part of each key leads to the pairs below it, which are named by the rest.
    private static Value ByKey(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var groups = new SortedDictionary<string, List<KeyValuePair<Value, Value>>>(StringComparer.Ordinal);
        foreach (var pair in arguments[0].List.Items)
        {
            var fields = FieldsOf(pair);
            var slash = Array.IndexOf(fields[1].String, (byte)'/');
            if (slash < 0 || slash == fields[1].Length - 1)
            {
                continue;
            }

            var (top, rest) = (ByteText.Decode(fields[1].String.AsSpan(0, slash)), fields[1].String[(slash + 1)..]);
            if (!groups.TryGetValue(top, out var group))
            {
                groups.Add(top, group = []);
            }

            group.Add(new(Value.Of(rest), Pair(fields[0].String, rest, fields[2].String)));
        }

        return Value.OfReference(PairsByTop, MapValue.Of(groups.Select(group => new KeyValuePair<Value, Value>(
            Value.Of(group.Key), Value.OfReference(PairsByKey, MapValue.Of(group.Value))))));
    }

    private static Value Explode(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var root = new NestedMap();
        foreach (var pair in arguments[0].List.Items)
        {
            root.Add("explode", FieldsOf(pair)[1].Text, FieldsOf(pair)[2]);
        }

        return root.ToValue();
    }
}

/// <summary>Maps in maps, built from keys with slashes.</summary>
internal sealed class NestedMap
{
    private readonly SortedDictionary<string, object> _members = new(StringComparer.Ordinal);

    /// <summary>
    /// Whether a key that is also a folder keeps its own value, under the empty name; else that is an error. Default false.
    /// </summary>
    public bool KeepsValuesOfFolders { get; init; }

    /// <summary>Puts a value at the place that its key names; an empty last part is left out.</summary>
    /// <param name="caller">The function that error texts name.</param>
    /// <param name="key">The key, parts separated by slashes. Keys come in byte order, a folder's own before those below it.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="FunctionException">A part of the key has a value of its own, and values of folders are not kept.</exception>
    public void Add(string caller, string key, in Value value)
    {
        var folder = this;
        var rest = key;
        for (var slash = rest.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = rest.IndexOf('/', StringComparison.Ordinal))
        {
            var top = rest[..slash];
            if (!folder._members.TryGetValue(top, out var child))
            {
                folder._members.Add(top, child = new NestedMap());
            }
            else if (child is not NestedMap && KeepsValuesOfFolders)
            {
                var below = new NestedMap();
                below._members.Add("", child);
                folder._members[top] = child = below;
            }

            folder = child as NestedMap ?? throw new FunctionException(
                $"{caller}: not a map: {QuotedText.Quote(rest)}: {QuotedText.Quote(top)} already has value {Show(child)}");
            rest = rest[(slash + 1)..];
        }

        if (rest.Length > 0)
        {
            folder._members[rest] = value;
        }
    }

    /// <summary>The maps as values.</summary>
    public Value ToValue() => !StackRoom.IsLeft
        ? throw new LimitException("keys are nested too deeply for this thread")
        : Value.OfMap(_members.Select(member => new KeyValuePair<byte[], Value>(
        ByteText.Encode(member.Key), member.Value is NestedMap inner ? inner.ToValue() : (Value)member.Value)));

    private static string Show(object value)
    {
        using var text = new TextBuffer(int.MaxValue);
        Directives.Print(text, "%q"u8, [(Value)value]);
        return ByteText.Decode(text.Written);
    }
}
