using System.CommandLine;

namespace Sync.Store.Options;

/// <summary>The flags that say how often the members' data is compared.</summary>
internal sealed class CorruptionFlags
{
    private readonly Option<string> _interval = StoreFlags.Flag(
        "corrupt-check-time", "1m", "Least time between comparisons of the members' data. 0: none.");

    private readonly Option<string> _compactionInterval = StoreFlags.Flag(
        "compact-hash-check-time",
        "1m",
        "The same, where --corrupt-check-time is 0 and the feature gate CompactHashCheck is on.");

    /// <summary>All of them.</summary>
    public IEnumerable<Option> Options => [_interval, _compactionInterval];

    /// <summary>Reads the least time between two comparisons.</summary>
    /// <param name="parsed">A command line without usage errors.</param>
    /// <param name="comparesCompactions">
    /// Whether the gate <c>CompactHashCheck</c> is on. etcd compares at compactions then, because to compare all costs it
    /// too much; a comparison of the store covers what that would find.
    /// </param>
    /// <param name="faults">Receives one sentence for each fault.</param>
    /// <returns>Null when none are made.</returns>
    public TimeSpan? Read(ParseResult parsed, bool comparesCompactions, List<string> faults)
    {
        var text = parsed.GetRequiredValue(_interval);
        var interval = GoDuration.Parse(text);
        if (interval is null)
        {
            faults.Add($"{_interval.Name}: {text} must be a duration, such as 1m, or 0 for none.");
        }

        var compactionText = parsed.GetRequiredValue(_compactionInterval);
        var compactionInterval = GoDuration.Parse(compactionText);
        if (compactionInterval is null || compactionInterval <= TimeSpan.Zero)
        {
            faults.Add($"{_compactionInterval.Name} must be >0 (set to {compactionText}); write a duration, such as 1m.");
        }

        return interval > TimeSpan.Zero ? interval : comparesCompactions ? compactionInterval : null;
    }
}
