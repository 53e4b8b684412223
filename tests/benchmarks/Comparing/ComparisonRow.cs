namespace Sync.Benchmarks.Comparing;

/// <summary>One load on both servers.</summary>
/// <param name="Workload">The load's name.</param>
/// <param name="Clients">With how many clients.</param>
/// <param name="Ours">The medians of the server on our side.</param>
/// <param name="Theirs">The medians of the one it is compared with.</param>
internal sealed record ComparisonRow(string Workload, int Clients, Measurement Ours, Measurement Theirs)
{
    // Server CPU for each request beside Debian's etcd 3.4 at 64 clients.
    private static readonly Dictionary<(string, int), double> CpuGoals = new()
    {
        [("put", 64)] = 0.7,
        [("range", 64)] = 0.1,
    };

    /// <summary>Our figures divided by theirs.</summary>
    public Measurement Ratio => Ours.Over(Theirs);

    /// <summary>The most that <see cref="Measurement.CpuMicroseconds"/> of <see cref="Ratio"/> should be.</summary>
    /// <returns>Null when there is no goal for this load.</returns>
    public double? CpuGoal => CpuGoals.TryGetValue((Workload, Clients), out var goal) ? goal : null;

    /// <summary>Whether there is a goal for this load, and our figures are beyond it.</summary>
    public bool MissesGoal => Ratio.CpuMicroseconds > CpuGoal;
}
