using Sync.Etcd.Client.Connections;
using Sync.TestKit;

namespace Sync.Etcd.Client.Tests;

/// <summary>Debian's etcd on a data directory of its own, and a client of it.</summary>
internal sealed class EtcdFixture : IAsyncDisposable
{
    private readonly TempDirectory _directory;

    private EtcdFixture(TempDirectory directory, StoreServer server)
    {
        _directory = directory;
        Server = server;
        Client = new EtcdClient(OptionsFor(server.Endpoint));
    }

    public StoreServer Server { get; }

    public EtcdClient Client { get; }

    public static async Task<EtcdFixture> StartAsync(CancellationToken cancellation, params string[] flags)
    {
        var directory = new TempDirectory();
        try
        {
            var server = await StoreServer.StartAsync(
                StoreProgram.Etcd, directory.At("data"), cancellation, flags);
            return new EtcdFixture(directory, server);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Settings with short waits, so that a test of an outage is not one of patience.</summary>
    public static EtcdClientOptions OptionsFor(params string[] endpoints) => new()
    {
        Endpoints = endpoints,
        RequestTimeout = TimeSpan.FromSeconds(30),
        KeepAliveInterval = TimeSpan.FromSeconds(5),
        KeepAliveTimeout = TimeSpan.FromSeconds(2),
        Backoff = new BackoffSettings { Longest = TimeSpan.FromMilliseconds(500) },
    };

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        _directory.Dispose();
    }
}
