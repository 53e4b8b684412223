using CliWrap;
using CliWrap.Buffered;

namespace Sync.Quickstart;

/// <summary>The programs of the tour and the folder they work in; both are gone when it ends.</summary>
internal sealed class TourPrograms : IAsyncDisposable
{
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(20);

    private readonly Stack<ChildProgram> _running = new();

    /// <summary>A new folder below the system's temporary one.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("sync-quickstart-").FullName;

    /// <summary>The programs, the last started first.</summary>
    public IEnumerable<ChildProgram> Running => _running;

    /// <summary>The full path of a name in the folder.</summary>
    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Starts a program that runs until the tour ends.</summary>
    public ChildProgram Start(string name, params string[] arguments)
    {
        var program = ChildProgram.Start(name, Folder, arguments);
        _running.Push(program);
        return program;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="TourException">Its exit code is not 0.</exception>
    public async Task RunAsync(string name, string[] arguments, CancellationToken cancellationToken)
    {
        var result = await Cli.Wrap(ChildProgram.FileOf(name))
            .WithArguments(arguments)
            .WithWorkingDirectory(Folder)
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new TourException($"{name} ended with exit code {result.ExitCode}: {result.StandardError.Trim()}");
        }
    }

    /// <summary>Waits until a GET of an address succeeds.</summary>
    /// <exception cref="TourException">A program ended meanwhile.</exception>
    public async Task AwaitAnswerAsync(HttpClient http, string address, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(ProbeInterval);
        while (!await IsAnsweredAsync(http, address, cancellationToken))
        {
            if (_running.FirstOrDefault(program => program.HasEnded) is { } ended)
            {
                throw new TourException($"{ended.Name} ended by itself");
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>Stops all programs, the last started first, and removes the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        while (_running.TryPop(out var program))
        {
            await program.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }

    private static async Task<bool> IsAnsweredAsync(
        HttpClient http, string address, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(address), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
