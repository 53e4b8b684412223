using Sync.Metad.Hosting;
using Sync.Metad.Options;
using Sync.TestKit;

namespace Sync.Metad.Tests.Running;

/// <summary>The program inside the test's own process, from its command line to its exit code.</summary>
internal sealed class InnerMetad : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task<int> _run;

    /// <summary>Starts it. It logs errors alone: the log of a test is not the place for more.</summary>
    public InnerMetad(string[] arguments)
    {
        var line = CommandLine.Parse(["--log_level=error", .. arguments]);
        var options = ConfigurationLoader.Load(line.Should().BeOfType<CommandLine.Run>().Subject, _ => null);
        _run = Task.Run(() => MetadProgram.RunAsync(options, Stream.Null, source: null, _stop.Token));
    }

    /// <summary>Waits until it listens at a port, or has ended.</summary>
    /// <exception cref="InvalidOperationException">It has ended.</exception>
    public async Task BecomeReadyAsync(int port, CancellationToken limit)
    {
        await MetadServer.UntilAsync(async () => _run.IsCompleted || await Readiness.AcceptsAsync(port, limit));
        if (_run.IsCompleted)
        {
            throw new InvalidOperationException($"It ended with {await _run}.");
        }
    }

    /// <summary>Ends it as a signal does and waits until it has.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        await _stop.CancelAsync();
        return await _run;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(_run);
        _stop.Dispose();
    }
}
