namespace Sync.Conformance.Tests.Servers;

/// <summary>The servers that the tests share; each is started when first asked for.</summary>
public sealed class RunningServers : IAsyncLifetime
{
    private readonly Dictionary<string, ConformanceServer> _servers = [];

    /// <summary>The shared server of a program. Tests use keys of their own on it.</summary>
    public async Task<ConformanceServer> OfAsync(string program)
    {
        if (!_servers.TryGetValue(program, out var server))
        {
            server = await ConformanceServer.StartProcessAsync(program);
            _servers.Add(program, server);
        }

        return server;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var server in _servers.Values)
        {
            await server.DisposeAsync();
        }
    }
}

/// <summary>The tests of one collection run one after another, as a shared server needs.</summary>
[CollectionDefinition(Name)]
public sealed class SharedServers : ICollectionFixture<RunningServers>
{
    public const string Name = "servers";
}
