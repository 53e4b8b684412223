namespace Sync.TestKit;

/// <summary>A server that runs: as a process, or inside the test's own.</summary>
internal interface IRunningServer : IAsyncDisposable
{
    /// <summary>Ends it in order and waits until it has ended.</summary>
    /// <returns>The exit code.</returns>
    Task<int> StopAsync(CancellationToken cancellationToken);
}
