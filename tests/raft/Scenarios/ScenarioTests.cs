namespace Sync.Raft.Tests.Scenarios;

public class ScenarioTests
{
    // SYNC_REWRITE_SCENARIOS=1 writes what happened into the files; the difference is then for a person to
    // judge.
    private static readonly bool IsRewriting =
        Environment.GetEnvironmentVariable("SYNC_REWRITE_SCENARIOS") == "1";

    public static TheoryData<string> Names() =>
        [.. new DirectoryInfo(Folder()).GetFiles("*.txt")
            .Select(file => file.Name)
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_group_does_what_the_scenario_says(string name)
    {
        var path = Path.Combine(Folder(), name);
        var expected = File.ReadAllText(path);

        var actual = new Scenario().Play(expected);

        if (IsRewriting)
        {
            File.WriteAllText(path, actual);
        }
        else
        {
            actual.Should().Be(expected);
        }
    }

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Sync.sln")))
        {
            folder = folder.Parent
                ?? throw new DirectoryNotFoundException("No folder above the tests holds Sync.sln.");
        }

        return Path.Combine(folder.FullName, "tests", "raft", "Scenarios");
    }
}
