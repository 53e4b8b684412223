using Sync.Simulation.Faults;
using Sync.Simulation.Scheduling;

namespace Sync.Simulation.Bugs;

/// <summary>How soon a planted bug was found.</summary>
/// <param name="Bug">The bug.</param>
/// <param name="Seeds">How many seeds it took, the one that found it included.</param>
/// <param name="Violation">The first line of what was found; null when nothing was.</param>
internal sealed record BugHunt(PlantedBug Bug, int Seeds, string? Violation);

/// <summary>The test of the tests: bugs that the judges must find.</summary>
internal static class BugBank
{
    /// <summary>All planted bugs.</summary>
    public static IEnumerable<PlantedBug> All => Enum.GetValues<PlantedBug>().Where(bug => bug != PlantedBug.None);

    /// <summary>Gives a run what a bug needs to show at all, where few seeds have it.</summary>
    public static RunSettings Adapt(RunSettings settings) => settings.Bug switch
    {
        // The entries of earlier terms must go one by one.
        PlantedBug.CommitOldTerm => settings with
        {
            Members = Math.Max(3, settings.Members),
            Faults = FaultKind.OldTerms,
            FaultInterval = Durations.Second,
            MessageBytesMax = 1,
            InflightMessagesMax = 1,
        },
        // Who has voted must restart while the vote is still open.
        PlantedBug.ForgetHardState => settings with
        {
            Members = Math.Max(3, settings.Members),
            Faults = FaultKind.Kill | FaultKind.PowerLossOfAll | FaultKind.LeaderCut | FaultKind.Delay,
            FaultInterval = Durations.Second / 2,
            DelayShare = 0.2,
            ElectionTicks = 4,
            PreVote = false,
        },
        PlantedBug.IgnoreFullDisk => settings with
        {
            Faults = settings.Faults | FaultKind.FullDisk | FaultKind.Kill,
            FaultInterval = Durations.Second,
        },
        // A checkpoint must hold leases, and who starts from it must lead soon.
        PlantedBug.ShortenLeases => settings with
        {
            Faults = FaultKind.PowerLossOfAll | FaultKind.Transfer,
            FaultInterval = Durations.Second,
            CheckpointEntries = 20,
        },
        PlantedBug.CountRemovedVoters or PlantedBug.ChangeBeforeCommit =>
            With(settings, FaultKind.Membership | FaultKind.Partition | FaultKind.LeaderCut),
        // Changes must be asked for while a new leader has committed nothing yet, and be lost.
        PlantedBug.ForgetOpenChanges =>
            settings with
            {
                Faults = FaultKind.Membership | FaultKind.LeaderCut | FaultKind.Loss | FaultKind.Delay,
                FaultInterval = Durations.Second,
                Members = Math.Max(3, settings.Members),
                LossShare = 0.2,
                DelayShare = 0.2,
                ElectionTicks = 4,
                MessageBytesMax = 1,
                InflightMessagesMax = 1,
            },
        PlantedBug.ForgetChanges => With(settings, FaultKind.Membership | FaultKind.Kill),
        PlantedBug.ForgetSnapshotMembers => With(settings, FaultKind.Membership),
        // Alarms are raised for seconds; the restarts and snapshots must fall there.
        PlantedBug.ForgetAlarms => WithAlarms(settings, FaultKind.Kill),
        PlantedBug.ForgetSnapshotAlarms =>
            WithAlarms(settings, FaultKind.Partition | FaultKind.Pause) with { CatchUpEntries = 0 },
        PlantedBug.PutInSpiteOfAlarm or PlantedBug.WriteWhatIsRefused => With(settings, FaultKind.SmallQuota),
        // Who stood still must not hear of its successor at once.
        PlantedBug.TrustLeaseAfterPause => settings with
        {
            Members = Math.Max(3, settings.Members),
            Faults = FaultKind.Pause | FaultKind.LeaderCut,
            FaultInterval = 400 * Durations.Millisecond,
            ElectionTicks = 10,
            LeaseReads = true,
        },
        PlantedBug.LeadWithoutDisk => settings with
        {
            Members = Math.Max(3, settings.Members),
            Faults = FaultKind.DiskStall,
        },
        PlantedBug.CompareNoHashes => With(settings, FaultKind.Rot) with { Members = Math.Max(3, settings.Members) },
        PlantedBug.GoOnWithoutDisk => With(settings, FaultKind.DiskLoss),
        _ => settings,
    };

    /// <summary>Runs one seed after the other until a bug shows.</summary>
    /// <param name="bug">The bug.</param>
    /// <param name="firstSeed">Where to begin.</param>
    /// <param name="seedsMax">When to give up.</param>
    public static BugHunt Hunt(PlantedBug bug, int firstSeed, int seedsMax)
    {
        for (var seeds = 1; seeds <= seedsMax; seeds++)
        {
            if (SimulationRun.Of(firstSeed + seeds - 1, bug).Violation is { } violation)
            {
                return new BugHunt(bug, seeds, violation.Split('\n')[0]);
            }
        }

        return new BugHunt(bug, seedsMax, null);
    }

    /// <summary>Hunts a bug several times, each time among other seeds.</summary>
    /// <returns>The hunts, from the shortest to the longest.</returns>
    public static IReadOnlyList<BugHunt> HuntOften(PlantedBug bug, int hunts, int seedsMax) =>
    [
        .. Enumerable.Range(0, hunts)
            .Select(hunt => Hunt(bug, 1 + (hunt * seedsMax), seedsMax))
            .OrderBy(hunt => hunt.Seeds),
    ];

    private static RunSettings WithAlarms(RunSettings settings, FaultKind faults) =>
        With(settings, faults | FaultKind.SmallQuota) with { FaultInterval = Durations.Second, CheckpointEntries = 20 };

    private static RunSettings With(RunSettings settings, FaultKind faults) =>
        settings with { Faults = settings.Faults | faults };
}
