using System.Globalization;
using CliWrap;

namespace Sync.TestKit;

/// <summary>A program that runs beside the test until it is stopped, with all that it writes captured.</summary>
/// <remarks>
/// <see cref="StartAsync"/> returns when the program is ready, as told by a <see cref="Readiness"/>.
/// Disposal kills what still runs and waits for its end, so no test leaves a process behind.
/// </remarks>
public sealed class ServerProcess : IRunningServer
{
    private const int TailLines = 40;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(1);

    private readonly CommandTask<CommandResult> _execution;
    private readonly string _name;

    private ServerProcess(
        string executable, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> environment)
    {
        _name = Path.GetFileName(executable);
        _execution = Cli.Wrap(executable)
            .WithArguments(arguments)
            .WithEnvironmentVariables(environment)
            .WithStandardOutputPipe(PipeTarget.ToDelegate(Output.Add))
            .WithStandardErrorPipe(PipeTarget.ToDelegate(Log.Add))
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync();
    }

    /// <summary>What the program wrote on its standard error, where servers log.</summary>
    public CapturedLog Log { get; } = new();

    /// <summary>What the program wrote on its standard output.</summary>
    public CapturedLog Output { get; } = new();

    /// <summary>The process id.</summary>
    public int Id => _execution.ProcessId;

    /// <summary>Whether the program has ended, by itself or by a signal.</summary>
    public bool HasExited => _execution.Task.IsCompleted;

    /// <summary>Starts a program and waits until it is ready.</summary>
    /// <param name="executable">A full path, or a name to be looked up in PATH.</param>
    /// <param name="arguments">The arguments, unquoted.</param>
    /// <param name="readiness">Tells when the program is ready.</param>
    /// <param name="cancellationToken">The limit of the start.</param>
    /// <param name="environment">Variables to add, or to remove where the value is null.</param>
    /// <exception cref="ServerProcessException">The program ended, or the limit came, before it was ready.</exception>
    public static async Task<ServerProcess> StartAsync(
        string executable,
        IReadOnlyList<string> arguments,
        Readiness readiness,
        CancellationToken cancellationToken,
        IReadOnlyDictionary<string, string?>? environment = null)
    {
        var process = new ServerProcess(executable, arguments, environment ?? new Dictionary<string, string?>());
        try
        {
            await readiness.RequireAsync(process.Log, process.ExitAsync(), process.Failure, cancellationToken);
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks the program to end with SIGTERM and waits until it has.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="ServerProcessException">It had not ended at the limit.</exception>
    public async Task<int> StopAsync(CancellationToken cancellationToken)
    {
        await SignalAsync("TERM");
        return await ExitCodeAsync(cancellationToken);
    }

    /// <summary>Ends the program with SIGKILL, as a crash does, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        await SignalAsync("KILL");
        await _execution.Task;
    }

    /// <summary>
    /// Stops the program in its tracks with SIGSTOP, and waits until each of its threads stands still; it keeps its memory and
    /// its sockets.
    /// </summary>
    public async Task PauseAsync()
    {
        await SignalAsync("STOP");
        using var timer = new PeriodicTimer(LookInterval);
        while (!HasExited && !StandsStill())
        {
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>Lets a paused program go on, with SIGCONT.</summary>
    public Task ResumeAsync() => SignalAsync("CONT");

    // In a thread's stat its state follows its name, which stands in brackets: T once it was stopped.
    private bool StandsStill()
    {
        try
        {
            return Directory.EnumerateDirectories($"/proc/{Id.ToString(CultureInfo.InvariantCulture)}/task")
                .Select(thread => File.ReadAllText(Path.Combine(thread, "stat")))
                .All(stat => stat[stat.LastIndexOf(')')..].StartsWith(") T", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            // A thread or the program ended meanwhile.
            return false;
        }
    }

    /// <summary>Sends a signal, named as in <c>kill -s</c>: HUP, USR1. An ended program receives nothing.</summary>
    public async Task SignalAsync(string signal)
    {
        if (HasExited)
        {
            return;
        }

        // The shell's own kill needs no package. The program may end in between, hence no validation.
        var id = Id.ToString(CultureInfo.InvariantCulture);
        await Cli.Wrap("/bin/sh")
            .WithArguments(["-c", $"kill -s {signal} {id}"])
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync();
    }

    /// <summary>Waits until the program has ended by itself.</summary>
    /// <returns>The exit code; 128 and the signal's number when a signal ended it.</returns>
    /// <exception cref="ServerProcessException">It had not ended at the limit.</exception>
    public async Task<int> ExitCodeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ExitAsync().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            throw Failure("was still running at the limit");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _execution.Dispose();
    }

    private async Task<int> ExitAsync() => (await _execution.Task).ExitCode;

    private ServerProcessException Failure(string fault) =>
        new(_name, fault, Output.Tail(TailLines), Log.Tail(TailLines));
}
