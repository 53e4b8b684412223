using System.Globalization;

namespace Sync.Raft.Tests.Randomized;

public class RandomRunTests
{
    // SYNC_RAFT_SEEDS=from-to runs those seeds for each group instead, such as 138-138 to replay one or
    // 1-100000 at night.
    private static readonly (int First, int Last)? SeedsAsked = ParseSeeds();

    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 15)]
    [InlineData(3, 80)]
    [InlineData(5, 40)]
    public void Safety_holds_under_faults_and_progress_returns_after_them(int voters, int seeds)
    {
        var (committed, leaders, reads, configurations, snapshots) = (0, 0, 0, 0, 0);
        var (first, last) = SeedsAsked ?? (1, seeds);

        for (var seed = first; seed <= last; seed++)
        {
            var run = new RandomRun(voters, seed);
            run.Run(steps: 4000);
            committed += run.Observer.Committed.Count;
            leaders += run.Observer.Leaders;
            reads += run.Observer.AnsweredReads;
            configurations += run.Observer.Configurations;
            snapshots += run.Snapshots;
        }

        // Runs in which nothing happens would show nothing.
        committed.Should().BeGreaterThan(20 * (last - first));
        leaders.Should().BeGreaterThan(2 * (last - first));
        reads.Should().BeGreaterThan(2 * (last - first));
        configurations.Should().BeGreaterThan(2 * (last - first));
        snapshots.Should().BeGreaterThan((last - first) / 2);
    }

    private static (int First, int Last)? ParseSeeds()
    {
        if (Environment.GetEnvironmentVariable("SYNC_RAFT_SEEDS")?.Split('-') is not [var first, var last])
        {
            return null;
        }

        return (Number(first), Number(last));

        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }
}
