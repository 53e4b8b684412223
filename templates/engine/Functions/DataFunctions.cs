using Sync.Templates.Json;
using Sync.Templates.Values;

namespace Sync.Templates.Functions;

/// <summary>confd's <c>json</c> and <c>jsonArray</c>.</summary>
internal static class DataFunctions
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Function.Of("json", [GoType.String], GoType.Map,
            static (_, arguments) => JsonDecoder.Decode(arguments[0].String, GoType.Map)),
        Function.Of("jsonArray", [GoType.String], GoType.List,
            static (_, arguments) => JsonDecoder.Decode(arguments[0].String, GoType.List)),
    ];
}
