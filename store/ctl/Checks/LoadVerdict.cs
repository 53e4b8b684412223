using System.Globalization;

namespace Sync.Store.Ctl.Checks;

/// <summary>What a store made of a load, against etcd's limits for a machine that is good enough.</summary>
/// <remarks>Source: etcdctl, command <c>check perf</c>.</remarks>
internal sealed record LoadVerdict
{
    private const double RateMin = 0.9;
    private const double SlowestMaxSeconds = 0.5;
    private const double DeviationMaxSeconds = 0.1;

    private LoadVerdict(IReadOnlyList<string> lines, bool passes) => (Lines, Passes) = (lines, passes);

    /// <summary>One line a measure.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>Whether every measure is within its limit.</summary>
    public bool Passes { get; }

    /// <summary>Judges a run.</summary>
    /// <param name="profile">What was asked of the store.</param>
    /// <param name="elapsed">From the first write to the last answer.</param>
    /// <param name="latencies">How long each write that succeeded took, in seconds.</param>
    /// <param name="errors">How often each error was met.</param>
    public static LoadVerdict Of(
        LoadProfile profile,
        TimeSpan elapsed,
        IReadOnlyCollection<double> latencies,
        IReadOnlyDictionary<string, int> errors)
    {
        var lines = new List<string>();
        var passes = errors.Count == 0;
        if (!passes)
        {
            lines.Add("FAIL: too many errors");
            lines.AddRange(errors.Select(error => $"FAIL: ERROR({error.Key}) -> {error.Value}"));
        }

        var rate = latencies.Count / elapsed.TotalSeconds;
        Judge(
            rate / profile.WritesPerSecond > RateMin,
            $"PASS: Throughput is {(int)rate + 1} writes/s",
            $"FAIL: Throughput too low: {(int)rate + 1} writes/s");
        var slowest = latencies.DefaultIfEmpty().Max();
        Judge(
            slowest <= SlowestMaxSeconds,
            $"PASS: Slowest request took {Seconds(slowest)}",
            $"Slowest request took too long: {Seconds(slowest)}");
        var mean = latencies.DefaultIfEmpty().Average();
        var deviation = Math.Sqrt(latencies.DefaultIfEmpty().Average(latency => (latency - mean) * (latency - mean)));
        Judge(deviation <= DeviationMaxSeconds, $"PASS: Stddev is {Seconds(deviation)}", $"Stddev too high: {Seconds(deviation)}");
        lines.Add(passes ? "PASS" : "FAIL");
        return new(lines, passes);

        void Judge(bool isGood, string good, string bad)
        {
            lines.Add(isGood ? good : bad);
            passes &= isGood;
        }
    }

    private static string Seconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:F6}s");
}
