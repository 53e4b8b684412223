using System.Globalization;
using Sync.Simulation.Bugs;
using Sync.Simulation.Faults;

namespace Sync.Simulation;

/// <summary>What a run was and what became of it.</summary>
internal sealed record RunReport
{
    public required RunSettings Settings { get; init; }

    /// <summary>The promise that was broken; null when none was.</summary>
    public string? Violation { get; init; }

    /// <summary>Folds everything that happened.</summary>
    public required ulong Hash { get; init; }

    /// <summary>Operations that clients began.</summary>
    public required int Operations { get; init; }

    /// <summary>Operations whose outcome was unknown to the client.</summary>
    public required int Unknown { get; init; }

    /// <summary>Operations that an alarm refused.</summary>
    public required int Refused { get; init; }

    /// <summary>Entries that were committed.</summary>
    public required int Committed { get; init; }

    /// <summary>Terms that had a leader.</summary>
    public required int Leaders { get; init; }

    /// <summary>Changes of the members.</summary>
    public required int Changes { get; init; }

    /// <summary>Starts of processes.</summary>
    public required int Boots { get; init; }

    /// <summary>Snapshots that members took over.</summary>
    public required int Snapshots { get; init; }

    /// <summary>Watch responses.</summary>
    public required int WatchAnswers { get; init; }

    /// <summary>Events of the simulator.</summary>
    public required long Events { get; init; }

    /// <summary>Searches for an order that were given up.</summary>
    public int Undecided { get; init; }

    /// <summary>The last events, one a line.</summary>
    public required string LastEvents { get; init; }

    /// <summary>One line on the run.</summary>
    public string Summary => string.Create(CultureInfo.InvariantCulture,
        $"seed {Settings.Seed}: hash {Hash:x16}, {Settings.Members} members, {Operations} operations, {Unknown} unknown, {Refused} refused, "
        + $"{Committed} entries, {Leaders} leaders, {Changes} changes, {Boots} starts, {Snapshots} snapshots, {WatchAnswers} watch responses, {Events} events");

    /// <summary>Everything that is needed to look into a failure.</summary>
    public string Failure => $"""
        {Violation}
        {Summary}
        {Settings}
        Replay: {Command}
        The last events:
        {LastEvents}
        """;

    private string Command => Settings.Bug == PlantedBug.None
        ? $"SYNC_SIM_SEEDS={Settings.Seed}-{Settings.Seed} dotnet test tests/simulation --filter SimulationTests"
        : $"dotnet run --project tests/simulation -- {Settings.Seed}-{Settings.Seed} {Settings.Bug}";
}
