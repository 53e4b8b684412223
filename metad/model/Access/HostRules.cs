namespace Sync.Metad.Model.Access;

/// <summary>The rules of one host: as they were listed, and as a tree to walk. Immutable.</summary>
/// <param name="Rules">The rules as a tree.</param>
/// <param name="Problem">Why the stored list could not be read; null when it could.</param>
public sealed record HostRules(AccessRules Rules, string? Problem)
{
    /// <summary>Rules that were read.</summary>
    /// <param name="rules">The list.</param>
    public static HostRules Of(IReadOnlyList<AccessRule> rules) => new(new AccessRules(rules), Problem: null);
}
