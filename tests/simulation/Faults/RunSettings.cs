using Sync.Simulation.Bugs;
using Sync.Simulation.Scheduling;

namespace Sync.Simulation.Faults;

/// <summary>Everything about a run that its seed decides beforehand: which faults it may have, and odd parameters.</summary>
/// <remarks>Source: Groce and others, Swarm testing (2012): many faults at once hide each other.</remarks>
internal sealed record RunSettings
{
    public const long FaultsEnd = 42 * Durations.Second;

    /// <summary>When clients stop asking.</summary>
    public const long ClientsEnd = 56 * Durations.Second;

    public const long End = 60 * Durations.Second;

    /// <summary>When a run ends that does not come to rest.</summary>
    public const long LatestEnd = 75 * Durations.Second;

    public required int Seed { get; init; }

    public required int Members { get; init; }

    public required FaultKind Faults { get; init; }

    /// <summary>The mean time between two faults.</summary>
    public required long FaultInterval { get; init; }

    public required double LossShare { get; init; }

    public required double DoublingShare { get; init; }

    public required double DelayShare { get; init; }

    public required long SyncDelayMost { get; init; }

    /// <summary>Entries between two checkpoints.</summary>
    public required int CheckpointEntries { get; init; }

    /// <summary>Entries that the log keeps before a checkpoint, for followers that are behind.</summary>
    public required int CatchUpEntries { get; init; }

    public required int LogSegmentBytes { get; init; }

    public required int LogRecentBytes { get; init; }

    public required int SegmentBytes { get; init; }

    public required int SegmentUnwrittenBytes { get; init; }

    /// <summary>The size of a member's data from which it refuses writes, where there is a quota.</summary>
    public required long QuotaBytes { get; init; }

    /// <summary>Inputs that one turn of a member takes.</summary>
    public required int BatchMax { get; init; }

    /// <summary>The shortest wait for an election, in ticks.</summary>
    public required int ElectionTicks { get; init; }

    public required bool PreVote { get; init; }

    /// <summary>Whether leaders answer reads without asking, while followers that heard them lately would elect no other.</summary>
    public required bool LeaseReads { get; init; }

    public required int MessageBytesMax { get; init; }

    public required int InflightMessagesMax { get; init; }

    public required int ApplyBytesMax { get; init; }

    public required int RemovalsPerTurnMax { get; init; }

    public required int WatchRoom { get; init; }

    public required long WatchRoomBytes { get; init; }

    public required int WatchRevisionsMax { get; init; }

    public required int WatchWorkMax { get; init; }

    /// <summary>Whether changes of the members are judged by who has started and is connected.</summary>
    public required bool ChecksReconfiguration { get; init; }

    /// <summary>How long after a lease's renewal its remaining time is written down, in milliseconds.</summary>
    public required int LeaseCheckpointInterval { get; init; }

    public required int LeaseCheckpointEntriesMax { get; init; }

    /// <summary>After how long a lease's end that was not accepted is proposed again, in milliseconds.</summary>
    public required int LeaseRevocationRetry { get; init; }

    public required int Clients { get; init; }

    public required int Watchers { get; init; }

    /// <summary>The mean time between an answer and the client's next request.</summary>
    public required long ThinkTime { get; init; }

    public PlantedBug Bug { get; init; }

    /// <summary>The settings of a seed.</summary>
    public static RunSettings Of(int seed, PlantedBug bug = PlantedBug.None)
    {
        var random = new Random(seed);
        var members = seed % 10 == 0 ? 1 : seed % 2 == 0 ? 5 : 3;
        return BugBank.Adapt(new RunSettings
        {
            Seed = seed,
            Members = members,
            Faults = FaultsOf(random),
            FaultInterval = random.Spread(Durations.Second, 6 * Durations.Second),
            LossShare = random.Pick(0.01, 0.05, 0.2),
            DoublingShare = random.Pick(0.01, 0.1),
            DelayShare = random.Pick(0.005, 0.02),
            SyncDelayMost = random.Pick(1, 5, 20) * Durations.Millisecond,
            CheckpointEntries = (int)random.Spread(10, 1000),
            CatchUpEntries = random.Pick(0, 20, 5000),
            LogSegmentBytes = random.Pick(16, 32, 256) * 1024,
            LogRecentBytes = random.Pick(0, 1000, 1_000_000),
            SegmentBytes = random.Pick(4, 16, 256) * 1024,
            SegmentUnwrittenBytes = random.Pick(0, 1500, 1_000_000),
            QuotaBytes = random.Pick(8, 16, 32) * 1024,
            BatchMax = random.Pick(1, 3, 4096),
            ElectionTicks = random.Pick(10, 10, 4),
            PreVote = random.Pick(true, true, false),
            LeaseReads = random.Pick(false, false, true),
            MessageBytesMax = random.Pick(1, 200, 1024 * 1024),
            InflightMessagesMax = random.Pick(1, 3, 256),
            ApplyBytesMax = random.Pick(1, 300, 1024 * 1024),
            RemovalsPerTurnMax = random.Pick(1, 10, 1000),
            WatchRoom = random.Pick(1, 4, 128),
            WatchRoomBytes = random.Pick(1, 1000, 8 * 1024 * 1024),
            WatchRevisionsMax = random.Pick(1, 10, 1000),
            WatchWorkMax = random.Pick(1, 20, 2048),
            Clients = random.Pick(4, 8, 12),
            Watchers = random.Pick(2, 4),
            ChecksReconfiguration = random.Pick(true, true, false),
            LeaseCheckpointInterval = random.Pick(500, 1500, 60_000),
            LeaseCheckpointEntriesMax = random.Pick(1, 1000),
            LeaseRevocationRetry = random.Pick(600, 3000),
            ThinkTime = 0,
            Bug = bug,
        }).WithPace().WithSoundElections().WithSoundLeases();
    }

    // About 2,000 operations in all, whatever the number of clients.
    private RunSettings WithPace() => this with { ThinkTime = Clients * ClientsEnd / 2400 };

    // When no more voters are left than a majority, only the one with the longest log can win, and only if no other asks
    // before it each time: without pre-votes that may take very long. Production has them always.
    private RunSettings WithSoundElections() =>
        this with { PreVote = PreVote || (Faults & (FaultKind.Membership | FaultKind.DiskLoss | FaultKind.Rot)) != FaultKind.None };

    // Such a lease trusts that no member stands still without making up for the ticks that it misses.
    private RunSettings WithSoundLeases() =>
        this with { LeaseReads = LeaseReads && (!Faults.HasFlag(FaultKind.Pause) || Bug == PlantedBug.TrustLeaseAfterPause) };

    private static FaultKind FaultsOf(Random random)
    {
        // Some runs have everything, some nothing but one fault, most about half.
        var share = random.Pick(0.15, 0.5, 0.5, 1);
        var faults = FaultKind.None;
        for (var fault = 1; fault < (int)FaultKind.All; fault <<= 1)
        {
            faults |= random.Chance(share) ? (FaultKind)fault : FaultKind.None;
        }

        // One whose data differs and one whose disk is lost are two of three: the new member may get the data of the first.
        return faults.HasFlag(FaultKind.DiskLoss) ? faults & ~FaultKind.Rot : faults;
    }
}
