using System.Diagnostics;

namespace Sync.Benchmarks.Generator;

/// <summary>Latencies of one thread of a generator; kept whole, so percentiles are exact.</summary>
internal sealed class LatencyRecord
{
    private readonly List<long> _ticks = new(capacity: 1 << 16);

    /// <summary>Adds the time since <paramref name="since"/>, in ticks of <see cref="Stopwatch"/>.</summary>
    public void Add(long since, long now) => _ticks.Add(now - since);

    /// <summary>All latencies of several threads, ascending.</summary>
    public static long[] Sorted(IEnumerable<LatencyRecord> records)
    {
        long[] all = [.. records.SelectMany(record => record._ticks)];
        Array.Sort(all);

        return all;
    }

    /// <summary>The latency in milliseconds that <paramref name="fraction"/> of all do not exceed.</summary>
    /// <param name="sorted">Latencies in ascending order.</param>
    /// <param name="fraction">0.5 for the median; from 0 to 1.</param>
    /// <returns>0 when there are none.</returns>
    public static double Percentile(long[] sorted, double fraction) => sorted.Length == 0
        ? 0
        : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * fraction))] * 1000.0 / Stopwatch.Frequency;
}
