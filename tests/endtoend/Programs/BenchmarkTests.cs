using CliWrap;
using CliWrap.Buffered;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Programs;

/// <summary>How a comparison of two servers ends. What it measures is no matter of tests.</summary>
[Trait("Category", "Long")]
public sealed class BenchmarkTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    // A server takes no tenth of its own time, so the goal for reads of 64 clients is missed; for one client there is none.
    [DebianTheory("etcd")]
    [InlineData("64", 1, "missed")]
    [InlineData("1", 0, "ratio")]
    public async Task A_missed_goal_makes_the_exit_code_1(string clients, int exitCode, string telling)
    {
        using var directory = new TempDirectory();
        var etcd = DebianPrograms.Require("etcd");

        var ended = await Cli.Wrap(BuiltPrograms.Require("benchmarks"))
            .WithArguments([
                "compare", "--ours", etcd, "--theirs", etcd, "--workloads", "range", "--clients", clients, "--rounds", "1",
                "--seconds", "0.2", "--warm-up", "0.1", "--keys", "10", "--directory", directory.FullName,
            ])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(Deadline.In(Limit));

        ended.ExitCode.Should().Be(exitCode, ended.StandardOutput + ended.StandardError);
        ended.StandardOutput.Should().Contain(telling);
    }
}
