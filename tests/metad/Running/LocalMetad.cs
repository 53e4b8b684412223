namespace Sync.Metad.Tests.Running;

/// <summary>One server with its keys in memory, shared by the tests of a class; each test has callers and keys of its own.</summary>
public sealed class LocalMetad : IAsyncLifetime
{
    private MetadServer? _server;

    internal MetadServer Server => _server ?? throw new InvalidOperationException("The server has not started.");

    public async Task InitializeAsync()
    {
        _server = await MetadServer.StartAsync();
        await _server.BecomeReadyAsync();
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
