using Sync.Benchmarks.Workloads;

namespace Sync.Benchmarks.Comparing;

/// <summary>What a comparison runs.</summary>
internal sealed record CompareSettings
{
    /// <summary>The executable on our side of the table.</summary>
    public required string Ours { get; init; }

    /// <summary>The executable it is compared with.</summary>
    public required string Theirs { get; init; }

    /// <summary>How often everything is run; the medians are reported.</summary>
    public required int Rounds { get; init; }

    /// <summary>How long each load is measured.</summary>
    public required TimeSpan Measured { get; init; }

    /// <summary>How long each load runs before it is measured.</summary>
    public required TimeSpan WarmUp { get; init; }

    /// <summary>The loads.</summary>
    public required IReadOnlyList<Workload> Workloads { get; init; }

    /// <summary>The numbers of clients that each load is run with.</summary>
    public required IReadOnlyList<int> Clients { get; init; }

    /// <summary>How many connections the clients share at most.</summary>
    public required int Connections { get; init; }

    /// <summary>The keys.</summary>
    public required Keyspace Keys { get; init; }

    /// <summary>Where the data directories are made; a real disk, or writes would cost nothing.</summary>
    public required string Directory { get; init; }
}
