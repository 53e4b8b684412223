using System.Collections.Frozen;
using Sync.Templates.Functions.Extended;
using Sync.Templates.GoText;

namespace Sync.Templates.Functions;

/// <summary>The functions of each set by name.</summary>
internal static class FunctionTable
{
    private static readonly FrozenDictionary<string, Function> Confd = Of(
        Builtins.All, Comparisons.All, Escapes.All,
        KeyFunctions.All, TextFunctions.All, NumberFunctions.All, ListFunctions.All, DataFunctions.All, HostFunctions.All,
        DefaultFunctions.All, CollectionFunctions.All, WordFunctions.All, RegexFunctions.All, JsonFunctions.All,
        [IncludeFunction.Instance]);

    private static readonly FrozenDictionary<string, Function> Abtreece = Of(Confd.Values, AbtreeceFunctions.All);

    private static readonly FrozenDictionary<string, Function> Yunify = Of(Confd.Values, YunifyFunctions.All);

    /// <summary>The functions of a set, or null when there is no such set.</summary>
    public static IReadOnlyDictionary<string, Function>? For(FunctionSet set) => set switch
    {
        FunctionSet.Confd => Confd,
        FunctionSet.Yunify => Yunify,
        FunctionSet.Abtreece => Abtreece,
        FunctionSet.ConsulTemplate => null,
    };

    /// <summary>Functions by name; a later group replaces functions of the same name.</summary>
    internal static FrozenDictionary<string, Function> Of(params IEnumerable<Function>[] groups)
    {
        var functions = new Dictionary<string, Function>(StringComparer.Ordinal);
        foreach (var function in groups.SelectMany(group => group))
        {
            functions[function.Name] = function;
        }

        return functions.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
