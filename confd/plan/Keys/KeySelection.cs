namespace Sync.Confd.Plan.Keys;

/// <summary>The part of a store that one resource reads, and the names its template gives to the keys.</summary>
/// <remarks>
/// A key <c>/p/k</c> selects itself and everything below <c>/p/k/</c>, never a neighbour such as <c>/p/key</c>.
/// The template sees it without the prefix. Example: prefix <c>/p</c> and key <c>/k</c> select
/// <c>/p/k/a</c>, which the template calls <c>/k/a</c>.
/// </remarks>
public sealed class KeySelection
{
    private readonly string _prefix;

    private KeySelection(string prefix, IReadOnlyList<string> roots)
    {
        _prefix = prefix;
        Roots = roots;
    }

    /// <summary>The store's keys and folders that are selected, clean, in byte order, none below another.</summary>
    public IReadOnlyList<string> Roots { get; }

    /// <summary>The prefix that keys lose, clean; <c>/</c> when there is none.</summary>
    public string Prefix => _prefix;

    /// <summary>Selects keys under a prefix.</summary>
    /// <param name="prefix">The prefix in force, of any spelling; empty for none.</param>
    /// <param name="keys">The resource's keys; a trailing <c>/</c> or <c>/*</c> says nothing more.</param>
    public static KeySelection Of(string prefix, IEnumerable<string> keys)
    {
        var clean = KeyPath.Clean(prefix);
        return new KeySelection(clean, Outermost(keys.Select(key => KeyPath.Join(clean, WithoutStar(key)))));
    }

    /// <summary>The prefix in force for a resource.</summary>
    /// <param name="global">The program's prefix, empty for none.</param>
    /// <param name="own">The resource's prefix, empty for none.</param>
    /// <param name="mode">What happens when both are given.</param>
    public static string PrefixOf(string global, string own, PrefixMode mode) => mode switch
    {
        PrefixMode.Replace => global.Length > 0 ? global : own,
        PrefixMode.Join => KeyPath.Join(global, own),
    };

    /// <summary>The smallest set of roots that holds all of <paramref name="roots"/>.</summary>
    public static IReadOnlyList<string> Outermost(IEnumerable<string> roots)
    {
        var kept = new List<string>();
        foreach (var root in roots.Distinct().OrderBy(root => root.Length).ThenBy(root => root, StringComparer.Ordinal))
        {
            if (!kept.Any(outer => IsBelow(root, outer)))
            {
                kept.Add(root);
            }
        }

        kept.Sort(StringComparer.Ordinal);
        return kept;
    }

    /// <summary>Whether a store's key is selected.</summary>
    /// <param name="storeKey">The key exactly as the store holds it.</param>
    public bool Covers(string storeKey)
    {
        foreach (var root in Roots)
        {
            if (IsBelow(storeKey, root))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The name that the template gives to a store's key.</summary>
    /// <returns>Null when the key lies outside the prefix, which <c>..</c> in a resource's key can bring about.</returns>
    public string? NameOf(string storeKey)
    {
        if (!IsBelow(storeKey, _prefix))
        {
            return null;
        }

        return KeyPath.Clean(_prefix == "/" ? storeKey : storeKey[_prefix.Length..]);
    }

    private static string WithoutStar(string key) =>
        key.EndsWith("/*", StringComparison.Ordinal) ? key[..^1] : key;

    private static bool IsBelow(string key, string root) =>
        key.StartsWith(root, StringComparison.Ordinal)
        && (root == "/" || key.Length == root.Length || key[root.Length] == '/');
}
