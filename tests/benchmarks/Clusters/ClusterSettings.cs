namespace Sync.Benchmarks.Clusters;

/// <summary>How members of a cluster are measured.</summary>
/// <param name="Clients">How many requests are under way at a time.</param>
/// <param name="WarmUp">How long the load runs before it counts.</param>
/// <param name="Measured">How long the load counts.</param>
/// <param name="BehindMebibytes">How far behind the follower is that catches up.</param>
/// <param name="Writes">How many writes memory must stay flat over.</param>
internal sealed record ClusterSettings(
    int Clients, TimeSpan WarmUp, TimeSpan Measured, int BehindMebibytes, int Writes);
