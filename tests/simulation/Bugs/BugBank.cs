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
}
