using Sync.Templates.Json;
using Sync.Templates.Values;

namespace Sync.Templates.Functions.Extended;

/// <summary>Functions between values and JSON: <c>toJson toPrettyJson fromJson fromJsonExact</c>.</summary>
/// <remarks>Source: documentation of abtreece/confd, "Template functions"; the last is our own and keeps integers.</remarks>
internal static class JsonFunctions
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Function.Of("toJson", [GoType.Any], GoType.String,
            static (scope, arguments) => Encode(scope, arguments[0], isPretty: false)),
        Function.Of("toPrettyJson", [GoType.Any], GoType.String,
            static (scope, arguments) => Encode(scope, arguments[0], isPretty: true)),
        Function.Of("fromJson", [GoType.String], GoType.Any,
            static (_, arguments) => JsonDecoder.Decode(arguments[0].String, GoType.Any)),
        Function.Of("fromJsonExact", [GoType.String], GoType.Any,
            static (_, arguments) => JsonDecoder.Decode(arguments[0].String, GoType.Any, keepsIntegers: true)),
    ];

    private static Value Encode(RenderScope scope, in Value value, bool isPretty)
    {
        using var text = scope.NewText();
        new JsonEncoder(text, isPretty).Write(value);
        return Value.Of(text.ToArray());
    }
}
