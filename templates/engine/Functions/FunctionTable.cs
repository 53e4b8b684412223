using Sync.Templates.Functions.Consul;
using Sync.Templates.Functions.Extended;
using Sync.Templates.Functions.Own;
using Sync.Templates.GoText;

namespace Sync.Templates.Functions;

/// <summary>The functions of each set by name.</summary>
/// <remarks>
/// A set has every function there is; its family decides between functions of the same name. The functions of a set come in
/// the order of their families, its own last, so that of two that share an alias the last is the one that is meant.
/// Source: confd's documentation and its forks', consul-template's.
/// </remarks>
internal static class FunctionTable
{
    private static readonly Function[] ConsulTemplateFamily =
    [
        .. KeyPairFunctions.All, .. ArgumentOrderFunctions.All, .. CalculationFunctions.All, .. MembershipFunctions.All,
        .. EncodingFunctions.All, .. SprigNames.All, ScratchFunction.Instance, ExecuteTemplateFunction.Instance,
    ];

    private static readonly IReadOnlyDictionary<string, Function> Confd = Of(
        ConsulTemplateFamily, BorrowedFunctions.All, BorrowedMapFunctions.All, VersionFunctions.All,
        Builtins.All, Comparisons.All, Escapes.All,
        KeyFunctions.All, TextFunctions.All, NumberFunctions.All, ListFunctions.All, DataFunctions.All, HostFunctions.All,
        DefaultFunctions.All, CollectionFunctions.All, WordFunctions.All, RegexFunctions.All, JsonFunctions.All,
        OwnKeyFunctions.All, OwnTextFunctions.All, [IncludeFunction.Instance]);

    private static readonly IReadOnlyDictionary<string, Function> Abtreece = Of(Confd.Values, AbtreeceFunctions.All);

    private static readonly IReadOnlyDictionary<string, Function> Yunify = Of(Confd.Values, YunifyFunctions.All);

    private static readonly IReadOnlyDictionary<string, Function> ConsulTemplate = Of(Confd.Values, ConsulTemplateFamily);

    private static readonly Dictionary<FunctionSet, IReadOnlyDictionary<string, Function>> Decrypting =
        Enum.GetValues<FunctionSet>().ToDictionary(set => set, set => Of(EncryptedKeyFunctions.All, For(set).Values));

    /// <summary>The functions that a template may call.</summary>
    public static IReadOnlyDictionary<string, Function> For(TemplateOptions options) =>
        options.DecryptsValues ? Decrypting[options.Functions] : For(options.Functions);

    /// <summary>The functions of a set.</summary>
    public static IReadOnlyDictionary<string, Function> For(FunctionSet set) => set switch
    {
        FunctionSet.Confd => Confd,
        FunctionSet.Yunify => Yunify,
        FunctionSet.Abtreece => Abtreece,
        FunctionSet.ConsulTemplate => ConsulTemplate,
    };

    /// <summary>Functions by name, in order; a later group replaces functions of the same name.</summary>
    internal static IReadOnlyDictionary<string, Function> Of(params IEnumerable<Function>[] groups)
    {
        var functions = new OrderedDictionary<string, Function>(StringComparer.Ordinal);
        foreach (var function in groups.SelectMany(group => group))
        {
            functions.Remove(function.Name);
            functions.Add(function.Name, function);
        }

        return functions;
    }
}
