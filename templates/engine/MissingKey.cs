namespace Sync.Templates;

/// <summary>What a field that is absent from a map evaluates to.</summary>
public enum MissingKey
{
    /// <summary>An absent value; it prints as <c>&lt;no value&gt;</c>.</summary>
    Default,

    /// <summary>The zero value of the map's element type.</summary>
    Zero,

    /// <summary>The render fails and names the key.</summary>
    Error,
}
