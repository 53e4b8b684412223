using System.ComponentModel;
using System.Diagnostics;
using CliWrap;
using Sync.Posix;

namespace Sync.Confd.Commands;

/// <summary>Runs check and reload commands, each in a process group of its own that ends as a whole.</summary>
/// <param name="clock">The clock of the limits.</param>
/// <remarks>
/// The command is started through <c>setsid</c>, which makes it the leader of a new group with its own process id
/// as the group's. At the limit the group gets SIGTERM, and SIGKILL after five seconds. A child that the command
/// leaves in the background keeps running, and holds the command open no longer than a second.
/// </remarks>
internal sealed class CommandRunner(TimeProvider clock)
{
    private static readonly TimeSpan GraceOfGroup = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan GraceOfStreams = TimeSpan.FromSeconds(1);

    /// <summary>Runs a command to its end.</summary>
    /// <param name="invocation">What to run.</param>
    /// <param name="killing">Ends the group at once, with SIGKILL.</param>
    /// <exception cref="OperationCanceledException"><paramref name="killing"/> ended it.</exception>
    public async Task<CommandReport> RunAsync(CommandInvocation invocation, CancellationToken killing)
    {
        var output = new CommandOutput();
        using var abandoned = new CancellationTokenSource();
        var pipe = PipeTarget.Create((stream, _) => output.ReadAsync(stream, abandoned.Token));
        var command = Cli.Wrap("setsid")
            .WithArguments(invocation.Arguments)
            .WithEnvironmentVariables(invocation.Environment)
            .WithStandardOutputPipe(pipe)
            .WithStandardErrorPipe(pipe)
            .WithValidation(CommandResultValidation.None);
        CommandTask<CommandResult> execution;
        try
        {
            execution = command.ExecuteAsync(CancellationToken.None);
        }
        catch (Win32Exception failure)
        {
            return new CommandReport(new CommandEnd.NotStarted($"cannot start setsid: {failure.Message}"), "");
        }

        using (execution)
        {
            var timedOut = await EndedAtLimitAsync(execution.ProcessId, invocation.Limit, killing);
            abandoned.CancelAfter(GraceOfStreams);
            var code = (await execution).ExitCode;
            killing.ThrowIfCancellationRequested();
            return new CommandReport(
                timedOut ? new CommandEnd.TimedOut(invocation.Limit) : new CommandEnd.Exited(code), output.Text);
        }
    }

    /// <summary>Waits for the leader's end and makes it come when the limit does.</summary>
    /// <returns>Whether the limit came first.</returns>
    private async Task<bool> EndedAtLimitAsync(int leader, TimeSpan limit, CancellationToken killing)
    {
        var end = EndOfAsync(leader);
        var finite = limit > TimeSpan.Zero ? limit : Timeout.InfiniteTimeSpan;
        if (await EndsWithinAsync(end, finite, killing))
        {
            return false;
        }

        if (!killing.IsCancellationRequested)
        {
            Signal(leader, UnixSignal.Terminate);
            await EndsWithinAsync(end, GraceOfGroup, killing);
        }

        // Also when the leader has ended: others of its group may have ignored the request.
        Signal(leader, UnixSignal.Kill);
        await end;
        return true;
    }

    private async Task<bool> EndsWithinAsync(Task end, TimeSpan limit, CancellationToken killing)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(killing);
        var pause = Task.Delay(limit, clock, over.Token);
        var first = await Task.WhenAny(end, pause);
        await over.CancelAsync();
        return first == end;
    }

    private static async Task EndOfAsync(int leader)
    {
        try
        {
            using var process = Process.GetProcessById(leader);
            await process.WaitForExitAsync();
        }
        catch (ArgumentException)
        {
            // It has ended already.
        }
    }

    // Before setsid has run there is no group yet, only the process.
    private static void Signal(int leader, UnixSignal signal)
    {
        if (!ProcessGroup.SignalGroup(leader, signal))
        {
            ProcessGroup.SignalProcess(leader, signal);
        }
    }
}
