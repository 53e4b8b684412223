namespace Sync.Store.Options;

/// <summary>Flags of etcd's first years, which etcd still takes and does not look at: switches without a meaning.</summary>
internal static class LegacyFlags
{
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "cluster-active-size", "cluster-remove-delay", "cluster-sync-interval", "config", "force", "max-result-buffer",
        "max-retry-attempts", "peer-heartbeat-interval", "peer-election-timeout", "retry-interval", "snapshot", "v", "vv",
    };

    /// <summary>Whether a flag is one of them.</summary>
    /// <param name="name">Without dashes.</param>
    public static bool Contains(string name) => Names.Contains(name);
}
