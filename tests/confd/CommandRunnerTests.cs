using Microsoft.Extensions.Time.Testing;
using Sync.Confd.Commands;
using Sync.Confd.Tests.EndToEnd;
using Sync.TestKit;

namespace Sync.Confd.Tests;

public sealed class CommandRunnerTests
{
    private static readonly TimeSpan Ample = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _clock = new();
    private readonly CancellationToken _patience = Deadline.In(TimeSpan.FromMinutes(2));

    [Theory]
    [InlineData("exit 0", true, "exit status 0")]
    [InlineData("exit 3", false, "exit status 3")]
    [InlineData("kill -9 $$", false, "exit status 137")]
    [InlineData("nosuchprogram", false, "exit status 127")]
    public async Task The_exit_code_decides(string script, bool succeeds, string phrase)
    {
        var report = await RunAsync(script, Ample);

        report.Succeeded.Should().Be(succeeds);
        report.End.Phrase.Should().Be(phrase);
    }

    [Fact]
    public async Task Both_streams_are_kept() =>
        (await RunAsync("echo one; echo two >&2", Ample)).Output.Should().Contain("one\n").And.Contain("two\n");

    [Fact]
    public async Task The_command_sees_confds_environment_its_own_variables_and_an_empty_input() =>
        (await RunAsync("cat; echo \"$HOME $CONFD_DEST\"", Ample)).Output
            .Should().Be($"{Environment.GetEnvironmentVariable("HOME")} /the/file\n");

    [Fact]
    public async Task A_flood_is_cut_and_counted_and_the_command_goes_on()
    {
        var report = await RunAsync("head -c 10000000 /dev/zero | tr '\\0' x; echo done >&2", Ample);

        report.Succeeded.Should().BeTrue();
        report.Output.Length.Should().BeInRange(64 * 1024, (64 * 1024) + 100);
        report.Output.Should().EndWith("further bytes)");
    }

    [Fact]
    public async Task A_flood_that_does_not_end_is_ended_at_the_limit()
    {
        var report = await RunAsync("yes", TimeSpan.FromMilliseconds(500));

        report.End.Phrase.Should().Be("command timed out after 500ms");
        report.Output.Length.Should().BeLessThan((64 * 1024) + 100);
    }

    [Fact]
    public async Task At_the_limit_the_whole_group_ends_grandchildren_too()
    {
        using var folder = new TempDirectory();
        var script = $"(sleep 1000 & echo $! > {folder.At("child")}; wait) & echo $$ > {folder.At("leader")}; wait";

        var run = new CommandRunner(_clock).RunAsync(Invocation(script, Ample), CancellationToken.None);
        await WrittenAsync(folder.At("child"));
        await WrittenAsync(folder.At("leader"));
        _clock.Advance(Ample);
        var report = await run.WaitAsync(_patience);

        report.Succeeded.Should().BeFalse();
        await GoneAsync(folder.At("child"));
        await GoneAsync(folder.At("leader"));
    }

    [Fact]
    public async Task A_group_that_ignores_the_request_to_end_is_killed()
    {
        using var folder = new TempDirectory();
        var script = $"trap '' TERM; echo $$ > {folder.At("leader")}; while :; do sleep 1; done";

        var run = new CommandRunner(_clock).RunAsync(Invocation(script, TimeSpan.FromSeconds(7)), CancellationToken.None);
        await WrittenAsync(folder.At("leader"));
        var passed = await PassTimeUntilAsync(run);

        (await run).End.Phrase.Should().Be("command timed out after 7s");
        passed.Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(7 + 5), "it was given five seconds");
        await GoneAsync(folder.At("leader"));
    }

    [Fact]
    public async Task A_child_in_the_background_keeps_running_and_does_not_hold_the_command_open()
    {
        using var folder = new TempDirectory();

        var report = await RunAsync($"sleep 1000 & echo $! > {folder.At("child")}; echo started", Ample)
            .WaitAsync(_patience);

        report.Succeeded.Should().BeTrue();
        report.Output.Should().Be("started\n");
        var child = int.Parse(await File.ReadAllTextAsync(folder.At("child")));
        Posix.ProcessGroup.SignalProcess(child, Posix.UnixSignal.Kill).Should().BeTrue("it was still running");
    }

    [Fact]
    public async Task Killing_ends_the_command_at_once()
    {
        using var folder = new TempDirectory();
        using var killing = new CancellationTokenSource();
        var script = $"trap '' TERM; echo $$ > {folder.At("leader")}; while :; do sleep 1; done";

        var running = new CommandRunner(_clock).RunAsync(Invocation(script, Ample), killing.Token);
        await WrittenAsync(folder.At("leader"));
        await killing.CancelAsync();
        var run = () => running.WaitAsync(_patience);

        (await run.Should().ThrowAsync<OperationCanceledException>())
            .Which.CancellationToken.Should().Be(killing.Token);
        await GoneAsync(folder.At("leader"));
    }

    [Fact]
    public async Task A_limit_of_zero_is_no_limit() =>
        (await RunAsync("sleep 0.3; echo done", TimeSpan.Zero)).Output.Should().Be("done\n");

    private static Task<CommandReport> RunAsync(string script, TimeSpan limit) =>
        new CommandRunner(TimeProvider.System).RunAsync(Invocation(script, limit), CancellationToken.None);

    private static CommandInvocation Invocation(string script, TimeSpan limit) => new(
        ["/bin/sh", "-c", script], new Dictionary<string, string?> { ["CONFD_DEST"] = "/the/file" }, limit);

    private Task WrittenAsync(string file) =>
        Eventually.FileAsync(file, text => text.EndsWith('\n'), "a process id", _patience);

    /// <summary>Lets seconds pass on the clock until a run has ended.</summary>
    /// <returns>How much time passed.</returns>
    private async Task<TimeSpan> PassTimeUntilAsync(Task run)
    {
        var begin = _clock.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!run.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await timer.WaitForNextTickAsync(_patience);
        }

        return _clock.GetElapsedTime(begin);
    }

    // A process that was killed stays in the table until its parent has noticed.
    private async Task GoneAsync(string file)
    {
        var id = int.Parse(await File.ReadAllTextAsync(file));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (IsRunning(id))
        {
            await timer.WaitForNextTickAsync(_patience);
        }
    }

    private static bool IsRunning(int id)
    {
        try
        {
            return !File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
