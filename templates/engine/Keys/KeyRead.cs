namespace Sync.Templates.Keys;

/// <summary>A question that a render asked of the keys.</summary>
/// <param name="Kind">How <paramref name="Pattern"/> selects keys.</param>
/// <param name="Pattern">The text the template passed.</param>
public sealed record KeyRead(KeyReadKind Kind, string Pattern)
{
    /// <summary>Whether a change of the key could change the answer. Never wrongly false.</summary>
    /// <param name="key">A key as it stands in the snapshot.</param>
    public bool Covers(string key) => Kind switch
    {
        KeyReadKind.Exact => string.Equals(key, Pattern, StringComparison.Ordinal),
        KeyReadKind.Glob => KeyGlob.MayMatch(Pattern, key),
        KeyReadKind.Below => key.StartsWith(Pattern.TrimEnd('/'), StringComparison.Ordinal),
        KeyReadKind.All => true,
    };
}

/// <summary>How a <see cref="KeyRead"/> selects keys.</summary>
public enum KeyReadKind
{
    /// <summary>One key by its whole path.</summary>
    Exact,

    /// <summary>The keys that match a glob.</summary>
    Glob,

    /// <summary>The names below a path.</summary>
    Below,

    /// <summary>The whole snapshot.</summary>
    All,
}
