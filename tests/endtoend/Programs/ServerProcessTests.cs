using Sync.Conformance.Tests.Servers;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Programs;

/// <summary>The way these tests run programs is itself proven, on a shell and on Debian's etcd.</summary>
public sealed class ServerProcessTests
{
    [Fact]
    public async Task A_program_is_ready_when_it_writes_its_line()
    {
        await using var process = await ShellAsync("echo starting >&2; echo ready now >&2; exec sleep 60");

        process.Log.Lines.Should().Equal("starting", "ready now");
        process.HasExited.Should().BeFalse();
    }

    [Fact]
    public async Task A_program_that_ends_before_it_is_ready_is_told_with_its_last_lines()
    {
        var start = () => ShellAsync("echo port 2379 is in use >&2; exit 3");

        (await start.Should().ThrowAsync<ServerProcessException>())
            .WithMessage("sh ended with exit code 3 before it was ready*port 2379 is in use*");
    }

    [Fact]
    public async Task A_program_that_does_not_become_ready_is_told_with_what_was_awaited()
    {
        using var limit = new CancellationTokenSource();
        var start = () => ServerProcess.StartAsync(
            "/bin/sh", ["-c", "echo still busy >&2; exec sleep 60"], new NeverReady(limit), limit.Token);

        (await start.Should().ThrowAsync<ServerProcessException>())
            .WithMessage("*was not ready at the limit (the line ready)*still busy*");
    }

    [Fact]
    public async Task Stopping_gives_the_programs_own_exit_code()
    {
        await using var process = await ShellAsync("trap 'exit 7' TERM; echo ready >&2; while :; do sleep 0.01; done");

        var exitCode = await process.StopAsync(Deadline.Default);

        exitCode.Should().Be(7);
    }

    [Fact]
    public async Task Killing_asks_nobody()
    {
        await using var process = await ShellAsync("trap '' TERM; echo ready >&2; while :; do sleep 0.01; done");

        await process.KillAsync();

        (await process.ExitCodeAsync(Deadline.Default)).Should().Be(128 + 9);
    }

    [Fact]
    public async Task A_paused_program_goes_on_where_it_was()
    {
        await using var process = await ShellAsync("trap 'echo heard >&2' HUP; echo ready >&2; while :; do sleep 0.01; done");

        await process.PauseAsync();
        await process.SignalAsync("HUP");
        process.Log.Lines.Should().NotContain("heard");
        await process.ResumeAsync();

        await process.Log.WaitForAsync(line => line == "heard", Deadline.Default);
    }

    [Theory]
    [InlineData("store")]
    [InlineData("storectl")]
    [InlineData("confd")]
    [InlineData("metad")]
    public async Task Each_of_our_programs_runs_from_the_output_folder(string program)
    {
        await using var process = await ServerProcess.StartAsync(
            BuiltPrograms.Require(program), ["--version"], Readiness.AtOnce, Deadline.Default);

        (await process.ExitCodeAsync(Deadline.Default)).Should().Be(0, process.Log.Tail(count: 10));
    }

    [Theory]
    [InlineData("store", "--snapshot-count")]
    [InlineData("storectl", "snapshot")]
    public async Task The_help_of_a_program_lists_its_words_and_exit_codes(string program, string word)
    {
        await using var process = await ServerProcess.StartAsync(
            BuiltPrograms.Require(program), ["--help"], Readiness.AtOnce, Deadline.Default);

        (await process.ExitCodeAsync(Deadline.Default)).Should().Be(0, process.Log.Tail(count: 10));
        process.Output.Tail(count: 100).Should().Contain(word).And.Contain("Exit codes");
        process.Log.Lines.Should().BeEmpty();
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("INT", 130)]
    public async Task A_signal_ends_a_watch_of_storectl_with_the_signals_code(string signal, int exitCode)
    {
        using var directory = new TempDirectory();
        await using var server = await StoreServer.StartAsync(
            InnerStore.Program, directory.At("member"), Deadline.Default);
        await using var put = await ServerProcess.StartAsync(
            BuiltPrograms.Require("storectl"),
            ["--endpoints", server.Endpoint, "put", "k", "v"], Readiness.AtOnce, Deadline.Default);
        (await put.ExitCodeAsync(Deadline.Default)).Should().Be(0);
        await using var follower = await ServerProcess.StartAsync(
            BuiltPrograms.Require("storectl"),
            ["--endpoints", server.Endpoint, "watch", "k", "--rev", "1"], Readiness.AtOnce, Deadline.Default);
        await follower.Output.WaitForAsync(line => line == "v", Deadline.Default);

        await follower.SignalAsync(signal);

        (await follower.ExitCodeAsync(Deadline.Default)).Should().Be(exitCode);
    }

    [DebianFact("etcd")]
    public async Task A_member_comes_back_with_its_data_directory_and_address()
    {
        using var directory = new TempDirectory();
        await using var server = await StoreServer.StartAsync(
            StoreProgram.Etcd, directory.At("member"), Deadline.Default);
        var firstId = server.Process.Id;

        await server.KillAsync();
        await server.StartAgainAsync(Deadline.Default);

        server.Process.Id.Should().NotBe(firstId);
        server.Process.HasExited.Should().BeFalse();
    }

    private static Task<ServerProcess> ShellAsync(string script) =>
        ServerProcess.StartAsync("/bin/sh", ["-c", script], Readiness.Line("ready"), Deadline.Default);

    /// <summary>Waits for what never comes, and lets the limit come when the program has written a line.</summary>
    private sealed record NeverReady(CancellationTokenSource Limit) : Readiness
    {
        public override async Task WaitAsync(CapturedLog log, CancellationToken cancellationToken)
        {
            await log.WaitForAsync(_ => true, Deadline.Default);
            await Limit.CancelAsync();
            await log.WaitForAsync(line => line == "ready", cancellationToken);
        }

        public override string ToString() => "the line ready";
    }
}
