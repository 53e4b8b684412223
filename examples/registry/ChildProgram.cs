using System.Collections.Concurrent;
using CliWrap;

namespace Sync.Registry;

/// <summary>A program that runs beside the show until it is stopped or the show ends.</summary>
internal sealed class ChildProgram : IAsyncDisposable
{
    private const int LinesKept = 15;
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _interrupt = new();
    private readonly CancellationTokenSource _kill = new();
    private readonly ConcurrentQueue<string> _log = new();
    private readonly CommandTask<CommandResult> _execution;

    private ChildProgram(string name, string program, string workingFolder, IReadOnlyList<string> arguments)
    {
        Name = name;
        _execution = Cli.Wrap(program)
            .WithArguments(arguments)
            .WithWorkingDirectory(workingFolder)
            .WithStandardErrorPipe(PipeTarget.ToDelegate(Keep))
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync(_kill.Token, _interrupt.Token);
    }

    /// <summary>What it is called in messages.</summary>
    public string Name { get; }

    /// <summary>The last lines it wrote on standard error.</summary>
    public IEnumerable<string> LastLines => _log;

    /// <summary>Whether it has ended, which no child should do by itself.</summary>
    public bool HasEnded => _execution.Task.IsCompleted;

    /// <summary>This program itself, which is a service too.</summary>
    public static string Own => Path.Combine(AppContext.BaseDirectory, "registry");

    /// <summary>The full path of a program that the build put below this one.</summary>
    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "programs", name, name);

    /// <summary>Starts a program; it is not waited for.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="program">Its full path.</param>
    /// <param name="workingFolder">The folder it runs in.</param>
    /// <param name="arguments">Its arguments, unquoted.</param>
    public static ChildProgram Start(string name, string program, string workingFolder, params string[] arguments) =>
        new(name, program, workingFolder, arguments);

    /// <summary>Ends the program with SIGKILL, as a crash does.</summary>
    public async Task KillAsync()
    {
        await _kill.CancelAsync();
        await EndAsync();
    }

    /// <summary>Interrupts the program, as Ctrl+C does, and kills it when that does not end it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _interrupt.CancelAsync();
        _kill.CancelAfter(StopMax);
        await EndAsync();
        _interrupt.Dispose();
        _kill.Dispose();
    }

    private async Task EndAsync()
    {
        try
        {
            await _execution.Task;
        }
        catch (OperationCanceledException)
        {
            // The end that was asked for.
        }
    }

    private void Keep(string line)
    {
        _log.Enqueue(line);
        if (_log.Count > LinesKept)
        {
            _log.TryDequeue(out _);
        }
    }
}
