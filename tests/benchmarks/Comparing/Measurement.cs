namespace Sync.Benchmarks.Comparing;

/// <summary>What one server did under one load, in one round or as the median of several.</summary>
/// <param name="OperationsPerSecond">Answers, or events for watches.</param>
/// <param name="MedianMilliseconds">The latency that half do not exceed.</param>
/// <param name="P99Milliseconds">The latency that 99 of 100 do not exceed.</param>
/// <param name="CpuMicroseconds">Server CPU time for each operation.</param>
/// <param name="GeneratorMicroseconds">The generator's own CPU time for each operation.</param>
/// <param name="ResidentMegabytes">The server's memory in RAM at the end.</param>
internal sealed record Measurement(
    double OperationsPerSecond,
    double MedianMilliseconds,
    double P99Milliseconds,
    double CpuMicroseconds,
    double GeneratorMicroseconds,
    double ResidentMegabytes)
{
    /// <summary>The median of each figure by itself.</summary>
    /// <param name="rounds">At least one.</param>
    public static Measurement Median(IReadOnlyCollection<Measurement> rounds) => new(
        MedianOf(rounds, round => round.OperationsPerSecond),
        MedianOf(rounds, round => round.MedianMilliseconds),
        MedianOf(rounds, round => round.P99Milliseconds),
        MedianOf(rounds, round => round.CpuMicroseconds),
        MedianOf(rounds, round => round.GeneratorMicroseconds),
        MedianOf(rounds, round => round.ResidentMegabytes));

    /// <summary>Each figure divided by the same of <paramref name="other"/>; 0 where that one is 0.</summary>
    public Measurement Over(Measurement other) => new(
        Ratio(OperationsPerSecond, other.OperationsPerSecond),
        Ratio(MedianMilliseconds, other.MedianMilliseconds),
        Ratio(P99Milliseconds, other.P99Milliseconds),
        Ratio(CpuMicroseconds, other.CpuMicroseconds),
        Ratio(GeneratorMicroseconds, other.GeneratorMicroseconds),
        Ratio(ResidentMegabytes, other.ResidentMegabytes));

    private static double Ratio(double value, double other) => other == 0 ? 0 : value / other;

    private static double MedianOf(IReadOnlyCollection<Measurement> rounds, Func<Measurement, double> figure) =>
        rounds.Select(figure).Order().ElementAt(rounds.Count / 2);
}
