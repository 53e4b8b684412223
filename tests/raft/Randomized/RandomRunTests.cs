namespace Sync.Raft.Tests.Randomized;

public class RandomRunTests
{
    [Theory]
    [InlineData(1, 20)]
    [InlineData(2, 30)]
    [InlineData(3, 200)]
    [InlineData(5, 100)]
    public void Safety_holds_under_faults_and_progress_returns_after_them(int voters, int seeds)
    {
        var (committed, leaders, reads) = (0, 0, 0);

        for (var seed = 1; seed <= seeds; seed++)
        {
            var run = new RandomRun(voters, seed);
            run.Run(steps: 4000);
            committed += run.Observer.Committed.Count;
            leaders += run.Observer.Leaders;
            reads += run.Observer.AnsweredReads;
        }

        // Runs in which nothing happens would show nothing.
        committed.Should().BeGreaterThan(20 * seeds);
        leaders.Should().BeGreaterThan(2 * seeds);
        reads.Should().BeGreaterThan(2 * seeds);
    }
}
