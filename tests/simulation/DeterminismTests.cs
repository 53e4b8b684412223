using CliWrap;
using CliWrap.Buffered;

namespace Sync.Simulation;

public class DeterminismTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Two_processes_given_one_seed_see_the_same_events()
    {
        const string seeds = "1-3";

        var first = await RunAsync(seeds);
        var second = await RunAsync(seeds);

        first.Should().HaveCount(3).And.OnlyContain(line => line.Contains("hash"));
        second.Should().Equal(first);
    }

    [Fact]
    public void Two_seeds_see_different_events() =>
        SimulationRun.Of(7).Hash.Should().NotBe(SimulationRun.Of(8).Hash);

    private static async Task<string[]> RunAsync(string seeds)
    {
        using var limit = new CancellationTokenSource(Limit);
        var run = await Cli.Wrap("dotnet")
            .WithArguments([typeof(SimulationRun).Assembly.Location, seeds])
            .ExecuteBufferedAsync(limit.Token);
        return run.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
