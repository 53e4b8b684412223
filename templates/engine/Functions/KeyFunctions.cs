using Sync.Templates.Keys;
using Sync.Templates.Values;

namespace Sync.Templates.Functions;

/// <summary>The functions over the keys: <c>exists get gets getv getvs ls lsdir</c>.</summary>
/// <remarks>Source: confd documentation, "Templates"; package memkv.</remarks>
internal static class KeyFunctions
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Function.Of("exists", [GoType.String], GoType.Bool, Exists),
        Function.Of("get", [GoType.String], GoType.KeyValue, Get),
        Function.Of("gets", [GoType.String], GoType.KeyValues, static (scope, arguments) =>
            Value.OfReference(GoType.KeyValues, new ListValue([.. Matches(scope, arguments[0].String)
                .Select(index => Pair(scope, index))]))),
        Function.Variadic("getv", [GoType.String, GoType.String], GoType.String, GetValue),
        Function.Of("getvs", [GoType.String], GoType.Strings, static (scope, arguments) =>
            Value.OfStrings(Matches(scope, arguments[0].String).Select(scope.ValueAt).Order(ByteOrder.Instance))),
        Function.Of("ls", [GoType.String], GoType.Strings,
            static (scope, arguments) => Value.OfStrings(List(scope, arguments[0].String))),
        Function.Of("lsdir", [GoType.String], GoType.Strings,
            static (scope, arguments) => Value.OfStrings(ListDirectories(scope, arguments[0].String))),
    ];

    private static Value Exists(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        scope.Read(KeyReadKind.Exact, arguments[0].String);
        return Value.Of(scope.Keys.Find(arguments[0].String) >= 0);
    }

    internal static Value Get(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        scope.Read(KeyReadKind.Exact, arguments[0].String);
        var index = scope.Keys.Find(arguments[0].String);
        return index >= 0
            ? Pair(scope, index)
            : throw new FunctionException($"key does not exist: {arguments[0].Text}");
    }

    internal static Value GetValue(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        scope.Read(KeyReadKind.Exact, arguments[0].String);
        var index = scope.Keys.Find(arguments[0].String);
        if (index >= 0)
        {
            return Value.Of(scope.ValueAt(index));
        }

        return arguments.Length > 1
            ? arguments[1]
            : throw new FunctionException($"key does not exist: {arguments[0].Text}");
    }

    internal static Value Pair(RenderScope scope, int index) =>
        Value.OfReference(GoType.KeyValue, new[] { Value.Of(scope.Keys.PathAt(index)), Value.Of(scope.ValueAt(index)) });

    // The positions of the keys that match a glob, in byte order of the keys.
    internal static List<int> Matches(RenderScope scope, byte[] pattern)
    {
        scope.Read(KeyReadKind.Glob, pattern);
        if (scope.Keys.Count > 0 && !KeyGlob.IsValid(pattern))
        {
            throw new FunctionException("syntax error in pattern");
        }

        var prefix = KeyGlob.LiteralPrefix(pattern);
        var matches = new List<int>();
        for (var index = scope.Keys.LowerBound(prefix); index < scope.Keys.Count; index++)
        {
            var path = scope.Keys.PathAt(index);
            if (!path.AsSpan().StartsWith(prefix))
            {
                break;
            }

            if (KeyGlob.IsMatch(pattern, path))
            {
                matches.Add(index);
            }
        }

        return matches;
    }

    private static SortedSet<byte[]> List(RenderScope scope, byte[] path)
    {
        var names = new SortedSet<byte[]>(ByteOrder.Instance);
        foreach (var (key, isDirect) in Below(scope, path))
        {
            if (isDirect)
            {
                names.Add(PathText.Base(key));
                continue;
            }

            var rest = Rest(key, path);
            var slash = rest.IndexOf((byte)'/');
            names.Add((slash < 0 ? rest : rest[..slash]).ToArray());
        }

        return names;
    }

    private static SortedSet<byte[]> ListDirectories(RenderScope scope, byte[] path)
    {
        var names = new SortedSet<byte[]>(ByteOrder.Instance);
        foreach (var (key, isDirect) in Below(scope, path))
        {
            if (isDirect || !key.AsSpan().StartsWith(path))
            {
                continue;
            }

            var rest = Rest(key, path);
            if (rest.IndexOf((byte)'/') is > 0 and var slash)
            {
                names.Add(rest[..slash].ToArray());
            }
        }

        return names;
    }

    // The keys at or below a path; a key that is the path itself is direct.
    private static IEnumerable<(byte[] Key, bool IsDirect)> Below(RenderScope scope, byte[] path)
    {
        var clean = PathText.Clean(path);
        scope.Read(KeyReadKind.Below, clean);
        var keys = scope.Keys;
        for (var index = 0; index < keys.Count; index++)
        {
            var key = keys.PathAt(index);
            if (key.AsSpan().SequenceEqual(path))
            {
                yield return (key, true);
            }
            else if (IsBelow(PathText.Directory(key), clean))
            {
                yield return (key, false);
            }
        }
    }

    // Compares segment by segment. The root has two empty segments, so that only its own leaves are below it.
    private static bool IsBelow(ReadOnlySpan<byte> directory, ReadOnlySpan<byte> clean) =>
        directory.StartsWith(clean) && (directory.Length == clean.Length || directory[clean.Length] == '/');

    private static ReadOnlySpan<byte> Rest(byte[] key, byte[] path)
    {
        var rest = key.AsSpan();
        rest = rest.StartsWith(path) ? rest[path.Length..] : rest;
        return rest.StartsWith("/"u8) ? rest[1..] : rest;
    }
}
