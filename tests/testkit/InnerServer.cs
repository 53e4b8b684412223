namespace Sync.TestKit;

/// <summary>A server inside the test's own process, from its command line to its exit code.</summary>
/// <remarks>It cannot crash or be paused; what that needs takes a process.</remarks>
internal sealed class InnerServer : IRunningServer
{
    private readonly CancellationTokenSource _stop = new();
    private readonly StringWriter _errors = new();
    private readonly Task<int> _run;

    private InnerServer(StoreRun run, IReadOnlyList<string> arguments) =>
        _run = Task.Run(() => run(arguments, _errors, _stop.Token));

    /// <summary>Starts a server and waits until it is ready.</summary>
    /// <param name="run">The server.</param>
    /// <param name="arguments">Its command line.</param>
    /// <param name="readiness">Tells when it is ready.</param>
    /// <param name="cancellationToken">The limit of the start.</param>
    /// <exception cref="ServerProcessException">The server ended, or the limit came, before it was ready.</exception>
    public static async Task<InnerServer> StartAsync(
        StoreRun run, IReadOnlyList<string> arguments, Readiness readiness, CancellationToken cancellationToken)
    {
        var server = new InnerServer(run, arguments);
        try
        {
            await readiness.RequireAsync(new CapturedLog(), server._run, server.Failure, cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<int> StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        return await _run.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(_run);
        _stop.Dispose();
        await _errors.DisposeAsync();
    }

    private ServerProcessException Failure(string fault) => new("store", fault, output: "", log: _errors.ToString());
}
