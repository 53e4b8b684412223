using Sync.Templates.Functions.Extended;
using Sync.Templates.Functions.Own;

namespace Sync.Templates.Functions.Consul;

/// <summary>The functions of sprig under the names that consul-template gives them, such as <c>sprig_upper</c>.</summary>
/// <remarks>Source: consul-template, <c>docs/templating-language.md</c>, "Sprig Functions"; sprig's documentation.</remarks>
internal static class SprigNames
{
    // Of other families only what means the same in sprig.
    private static readonly HashSet<string> Shared =
    [
        "default", "ternary", "coalesce", "empty", "fail", "list", "dict", "hasKey", "keys", "values", "append", "pluck", "toJson",
        "toPrettyJson", "fromJson", "regexMatch", "regexFind", "regexReplaceAll", "indent", "nindent", "quote", "squote", "repeat",
        "nospace", "snakecase", "kebabcase", "sha256sum",
    ];

    // Their subject comes last in sprig, too.
    private static readonly HashSet<string> SharedOrders = ["join", "trimPrefix", "trimSuffix"];

    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        .. BorrowedFunctions.All.Concat(BorrowedMapFunctions.All).Concat(VersionFunctions.All)
            .Concat(DefaultFunctions.All.Concat(CollectionFunctions.All).Concat(JsonFunctions.All).Concat(RegexFunctions.All)
                .Concat(WordFunctions.All).Where(function => Shared.Contains(function.Name)))
            .Concat(ArgumentOrderFunctions.All.Where(function => SharedOrders.Contains(function.Name)))
            .Select(function => function with { Name = "sprig_" + function.Name }),
    ];
}
