using System.Globalization;

namespace Sync.Store.Options;

/// <summary>How much history the store keeps by itself.</summary>
/// <remarks>Source: etcd, <c>--auto-compaction-mode</c> and <c>--auto-compaction-retention</c>.</remarks>
internal abstract record AutoCompaction
{
    private static readonly TimeSpan RetentionMin = TimeSpan.FromSeconds(1);

    private AutoCompaction()
    {
    }

    /// <summary>History is only compacted when a client asks.</summary>
    internal sealed record Off : AutoCompaction;

    /// <summary>Keeps the history of the last <paramref name="Retention"/>.</summary>
    internal sealed record Periodic(TimeSpan Retention) : AutoCompaction;

    /// <summary>Keeps the last <paramref name="Revisions"/> revisions.</summary>
    internal sealed record ByRevision(long Revisions) : AutoCompaction;

    /// <summary>Reads the two flags.</summary>
    /// <param name="mode"><c>periodic</c> or <c>revision</c>.</param>
    /// <param name="retention">A count (hours or revisions) or a duration such as <c>30m</c>; 0 is off.</param>
    /// <param name="faults">Receives one sentence when a value cannot be used.</param>
    public static AutoCompaction Parse(string mode, string retention, List<string> faults)
    {
        var isCount = long.TryParse(retention, NumberStyles.None, CultureInfo.InvariantCulture, out var count);
        if (isCount && count == 0)
        {
            return new Off();
        }

        switch (mode)
        {
            case "periodic" when isCount:
                return new Periodic(TimeSpan.FromHours(count));
            case "periodic" when GoDuration.Parse(retention) is { } duration:
                return duration == TimeSpan.Zero ? new Off() : PeriodicOf(duration, faults);
            case "revision" when isCount:
                return new ByRevision(count);
            case "periodic" or "revision":
                faults.Add($"--auto-compaction-retention: {retention} is not a number or a duration such as 30m.");
                return new Off();
            default:
                faults.Add($"unknown auto-compaction-mode \"{mode}\". Use periodic or revision.");
                return new Off();
        }
    }

    private static Periodic PeriodicOf(TimeSpan retention, List<string> faults)
    {
        if (retention < RetentionMin)
        {
            faults.Add($"--auto-compaction-retention: {retention.TotalMilliseconds} ms is too short; at least 1s.");
        }

        return new Periodic(retention);
    }
}
