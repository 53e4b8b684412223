using System.Collections.Concurrent;
using System.Threading.Channels;
using CliWrap;

namespace Sync.Quickstart;

/// <summary>A program that runs beside the tour, from the same folder, until the tour ends.</summary>
internal sealed class ChildProgram : IAsyncDisposable
{
    private const int LinesKept = 15;
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _interrupt = new();
    private readonly CancellationTokenSource _kill = new();
    private readonly Channel<string> _output = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<string> _log = new();
    private readonly CommandTask<CommandResult> _execution;

    private ChildProgram(string name, string workingFolder, IReadOnlyList<string> arguments)
    {
        Name = name;
        _execution = Cli.Wrap(FileOf(name))
            .WithArguments(arguments)
            .WithWorkingDirectory(workingFolder)
            .WithStandardOutputPipe(PipeTarget.ToDelegate(line => _output.Writer.TryWrite(line)))
            .WithStandardErrorPipe(PipeTarget.ToDelegate(Keep))
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync(_kill.Token, _interrupt.Token);
    }

    /// <summary>The program's name, such as <c>store</c>.</summary>
    public string Name { get; }

    /// <summary>The last lines it wrote on standard error.</summary>
    public IEnumerable<string> LastLines => _log;

    /// <summary>Whether it has ended, which no child of the tour should do by itself.</summary>
    public bool HasEnded => _execution.Task.IsCompleted;

    /// <summary>The full path of a program that was built with this one, or of this one.</summary>
    public static string FileOf(string name) => name == "quickstart"
        ? Environment.ProcessPath!
        : Path.Combine(AppContext.BaseDirectory, "programs", name, name);

    /// <summary>Starts a program; it is not waited for.</summary>
    public static ChildProgram Start(string name, string workingFolder, params string[] arguments) =>
        new(name, workingFolder, arguments);

    /// <summary>Waits for the next line on standard output that equals <paramref name="line"/>.</summary>
    public async Task WaitForAsync(string line, CancellationToken cancellationToken)
    {
        while (await _output.Reader.ReadAsync(cancellationToken) != line)
        {
            // Lines before it belong to earlier steps.
        }
    }

    /// <summary>Interrupts the program, as Ctrl+C does, and kills it when that does not end it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _interrupt.CancelAsync();
        _kill.CancelAfter(StopMax);
        try
        {
            await _execution.Task;
        }
        catch (OperationCanceledException)
        {
            // The end that was asked for.
        }

        _interrupt.Dispose();
        _kill.Dispose();
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
