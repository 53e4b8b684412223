using System.Globalization;

namespace Sync.Simulation.Bugs;

public class PlantedBugTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private const int SeedsMax = 60;

    // SYNC_SIM_HUNTS=9 hunts each bug so often, among other seeds each time.
    private static readonly int Hunts = int.Parse(
        Environment.GetEnvironmentVariable("SYNC_SIM_HUNTS") ?? "1", CultureInfo.InvariantCulture);

    public static TheoryData<string> Bugs => [.. BugBank.All.Select(bug => bug.ToString())];

    [Theory]
    [MemberData(nameof(Bugs))]
    public void A_planted_bug_is_found(string name)
    {
        var hunts = BugBank.HuntOften(Enum.Parse<PlantedBug>(name), Hunts, SeedsMax);

        output.WriteLine($"{name}: found after {hunts[Hunts / 2].Seeds} seeds (median), {hunts[^1].Seeds} at most; "
            + hunts[0].Violation);
        hunts.Should().OnlyContain(hunt => hunt.Violation != null);
    }

    [Fact]
    public void The_bank_has_its_bugs() => BugBank.All.Should().HaveCountGreaterThanOrEqualTo(25);
}
