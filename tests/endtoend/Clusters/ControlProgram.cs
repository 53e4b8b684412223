using System.Text;
using CliWrap;
using CliWrap.Buffered;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>Runs etcdctl 3.4 of Debian, or storectl, against a cluster.</summary>
/// <param name="Executable">The full path.</param>
/// <param name="Endpoints">The value of <c>--endpoints</c>.</param>
internal sealed record ControlProgram(string Executable, string Endpoints)
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Debian's etcdctl with all members of a cluster.</summary>
    public static ControlProgram Etcdctl(StoreCluster cluster) =>
        new(DebianPrograms.Require("etcdctl"), cluster.Endpoints);

    /// <summary>Our storectl with all members of a cluster.</summary>
    public static ControlProgram Storectl(StoreCluster cluster) =>
        new(BuiltPrograms.Require("storectl"), cluster.Endpoints);

    /// <summary>The same program with one endpoint.</summary>
    public ControlProgram At(StoreServer member) => this with { Endpoints = member.Endpoint };

    /// <summary>Runs a command that must succeed.</summary>
    /// <returns>Its standard output, line by line.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken, params string[] words)
    {
        var ended = await TryAsync(cancellationToken, words);
        ended.ExitCode.Should().Be(0, "{0}: {1}", string.Join(' ', words), ended.StandardError);
        return ended.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Adds a member.</summary>
    /// <returns>The command's standard output, line by line.</returns>
    // Members must have been connected for five seconds before one is added.
    public async Task<IReadOnlyList<string>> AddAsync(
        ClusterSeat seat, CancellationToken cancellationToken, params string[] flags)
    {
        var added = await InsistAsync(
            cancellationToken,
            ["member", "add", seat.Name, $"--peer-urls={seat.PeerUrl.OriginalString}", .. flags]);
        return added.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Changes the members, again and again while they are not ready for it.</summary>
    public async Task<BufferedCommandResult> InsistAsync(CancellationToken cancellationToken, params string[] words)
    {
        using var timer = new PeriodicTimer(RetryInterval);
        while (true)
        {
            var result = await TryAsync(cancellationToken, words);
            if (result.ExitCode == 0)
            {
                return result;
            }

            result.StandardError.Should().MatchRegex("unhealthy cluster|in sync with leader|not enough started|timed out|no leader");
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>Runs a command however it ends.</summary>
    public async Task<BufferedCommandResult> TryAsync(CancellationToken cancellationToken, params string[] words) =>
        await Cli.Wrap(Executable)
            .WithArguments(["--endpoints", Endpoints, "--dial-timeout", "20s", "--command-timeout", "30s", .. words])
            .WithEnvironmentVariables(variables => variables.Set("ETCDCTL_API", "3"))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(Encoding.UTF8, cancellationToken);
}
