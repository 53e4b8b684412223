namespace Sync.Confd.Plan.Toml;

/// <summary>One <c>key = value</c> line of a TOML file.</summary>
/// <param name="Key">The key as written, dotted keys joined by a point.</param>
/// <param name="Value">The value.</param>
/// <param name="Line">The line of the key, from 1.</param>
public sealed record TomlEntry(string Key, TomlValue Value, int Line)
{
    /// <summary>The key in the one spelling that all spellings share: lower case, <c>_</c> for <c>-</c>.</summary>
    public string Name => NameOf(Key);

    /// <summary>Brings a key to the spelling that is compared.</summary>
    /// <param name="key">A key of a file, or a flag's name.</param>
    public static string NameOf(string key) => key.ToLowerInvariant().Replace('-', '_');
}
