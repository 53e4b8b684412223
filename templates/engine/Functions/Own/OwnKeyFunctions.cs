using System.Globalization;
using Sync.Templates.Formatting;
using Sync.Templates.Functions.Consul;
using Sync.Templates.Keys;
using Sync.Templates.Values;

namespace Sync.Templates.Functions.Own;

/// <summary>Our own functions over keys: <c>getsv tree kv getint getfloat getbool secret</c>.</summary>
internal static class OwnKeyFunctions
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        // The last part of each key that matches, with its value; of equal names the last key wins.
        Function.Of("getsv", [GoType.String], GoType.StringMap, static (scope, arguments) =>
            Value.OfReference(GoType.StringMap, MapValue.Of(KeyFunctions.Matches(scope, arguments[0].String).Select(index =>
                new KeyValuePair<Value, Value>(Value.Of(PathText.Base(scope.Keys.PathAt(index))), Value.Of(scope.ValueAt(index))))))),
        Function.Of("tree", [GoType.String], GoType.Map, static (scope, arguments) => Tree(scope, PathText.Clean(arguments[0].String))),
        Function.Of("kv", [], GoType.Map, static (scope, _) => Tree(scope, "/"u8.ToArray())),
        Typed("getint", GoType.Int, static text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? Value.Of(number) : null),
        Typed("getfloat", GoType.Float64, static text => NumberText.TryFloat(text, out var number) ? Value.Of(number) : null),
        Typed("getbool", GoType.Bool, static text => text switch
        {
            "1" or "t" or "T" or "true" or "TRUE" or "True" => Value.True,
            "0" or "f" or "F" or "false" or "FALSE" or "False" => Value.False,
            _ => null,
        }),
        // What getv gives; neither logs nor differences show it.
        Function.Variadic("secret", [GoType.String, GoType.String], GoType.String,
            static (scope, arguments) => Value.Of(scope.Conceal(KeyFunctions.GetValue(scope, arguments).String))),
    ];

    // The default stands in for a key that is absent, not for a value that is malformed.
    private static Function Typed(string name, GoType type, Func<string, Value?> read) =>
        Function.Variadic(name, [GoType.String, type], type, (scope, arguments) =>
        {
            scope.Read(KeyReadKind.Exact, arguments[0].String);
            var index = scope.Keys.Find(arguments[0].String);
            if (index < 0)
            {
                return arguments.Length > 1 ? arguments[1] : throw new FunctionException($"key does not exist: {arguments[0].Text}");
            }

            var text = Value.Of(scope.ValueAt(index)).Text;
            return read(text.Trim()) ?? throw new FunctionException(
                $"the value {QuotedText.Quote(text)} of {arguments[0].Text} is no {type.Name}");
        });

    private static Value Tree(RenderScope scope, byte[] folder)
    {
        scope.Read(KeyReadKind.Below, folder);
        byte[] start = folder is [(byte)'/'] ? folder : [.. folder, (byte)'/'];
        var root = new NestedMap { KeepsValuesOfFolders = true };
        for (var index = scope.Keys.LowerBound(start); index < scope.Keys.Count; index++)
        {
            var path = scope.Keys.PathAt(index);
            if (!path.AsSpan().StartsWith(start))
            {
                break;
            }

            root.Add("tree", ByteText.Decode(path.AsSpan(start.Length)), Value.Of(scope.ValueAt(index)));
        }

        return root.ToValue();
    }
}
