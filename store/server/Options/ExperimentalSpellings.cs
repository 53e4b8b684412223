namespace Sync.Store.Options;

/// <summary>The names that flags had in etcd before 3.6: <c>--experimental-</c> before the present one.</summary>
/// <remarks>Source: etcd 3.6, server/etcdmain/help.go.</remarks>
internal static class ExperimentalSpellings
{
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "bootstrap-defrag-threshold-megabytes", "compact-hash-check-time", "compaction-batch-limit",
        "compaction-sleep-interval", "corrupt-check-time", "distributed-tracing-address", "distributed-tracing-instance-id",
        "distributed-tracing-sampling-rate", "distributed-tracing-service-name", "downgrade-check-time",
        "enable-distributed-tracing", "max-learners", "memory-mlock", "peer-skip-client-san-verification",
        "snapshot-catchup-entries", "warning-apply-duration", "warning-unary-request-duration",
        "watch-progress-notify-interval",
    };

    /// <summary>The older name of a flag.</summary>
    /// <param name="flag">Its present name, without dashes.</param>
    /// <returns>Null when it had none.</returns>
    public static string? Of(string flag) => Names.Contains(flag) ? $"experimental-{flag}" : null;
}
