using Google.Protobuf;
using Grpc.Core;
using Sync.Etcd.Api;
using Sync.Etcd.Client;
using Sync.Etcd.Client.Connections;
using Sync.TestKit;

namespace Sync.Conformance.Tests.Servers;

/// <summary>One server under test, with stubs to ask it.</summary>
public sealed class ConformanceServer : IAsyncDisposable
{
    private readonly TempDirectory _directory;
    private readonly EtcdClient _client;

    private ConformanceServer(TempDirectory directory, StoreServer server)
    {
        _directory = directory;
        Server = server;
        _client = new EtcdClient(new EtcdClientOptions
        {
            Endpoints = [server.Endpoint],
            RequestTimeout = TimeSpan.FromSeconds(10),
        });
    }

    /// <summary>The server itself.</summary>
    public StoreServer Server { get; }

    /// <summary>Whether this is Debian's etcd, of the 3.4 line, and not our store.</summary>
    public bool IsEtcd34 { get; private init; }

    public KV.KVClient Kv => _client.Kv;

    public Lease.LeaseClient Lease => _client.Lease;

    public Maintenance.MaintenanceClient Maintenance => _client.Maintenance;

    public Cluster.ClusterClient Cluster => _client.Cluster;

    /// <summary>Starts a server on a directory of its own.</summary>
    /// <param name="program"><c>etcd</c> or <c>store</c>.</param>
    /// <param name="flags">Further flags, which both understand.</param>
    public static Task<ConformanceServer> StartAsync(string program, params string[] flags) =>
        StartAsync(InnerStore.Of(program), flags);

    /// <summary>Starts a server that can be killed.</summary>
    /// <param name="program"><c>etcd</c> or <c>store</c>.</param>
    public static Task<ConformanceServer> StartProcessAsync(string program) => StartAsync(StoreProgram.Of(program), []);

    /// <summary>Opens a stream of watches.</summary>
    public WatchDialogue Watch() => new(_client.Watch.Watch(cancellationToken: Deadline.Default));

    /// <summary>Sets a key.</summary>
    /// <returns>The revision.</returns>
    public async Task<long> PutAsync(string key, string value = "", long lease = 0) =>
        (await Kv.PutAsync(new PutRequest { Key = Text(key), Value = Text(value), Lease = lease })).Header.Revision;

    /// <summary>Removes a key.</summary>
    /// <returns>The revision.</returns>
    public async Task<long> DeleteAsync(string key) =>
        (await Kv.DeleteRangeAsync(new DeleteRangeRequest { Key = Text(key) })).Header.Revision;

    /// <summary>Reads one key.</summary>
    public async Task<RangeResponse> GetAsync(string key, long revision = 0) =>
        await Kv.RangeAsync(new RangeRequest { Key = Text(key), Revision = revision });

    /// <summary>The store's present revision.</summary>
    public async Task<long> RevisionAsync() => (await GetAsync("none")).Header.Revision;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Server.DisposeAsync();
        _directory.Dispose();
    }

    /// <summary>A text as the wire has it.</summary>
    public static ByteString Text(string text) => ByteString.CopyFromUtf8(text);

    /// <summary>Fails unless a call is refused with exactly this status.</summary>
    public static async Task RefusedAsync<T>(AsyncUnaryCall<T> call, StatusCode code, string text)
    {
        var act = async () => await call;

        var error = (await act.Should().ThrowAsync<RpcException>()).Which;
        (error.StatusCode, error.Status.Detail).Should().Be((code, text));
    }

    private static async Task<ConformanceServer> StartAsync(StoreProgram program, string[] flags)
    {
        var directory = new TempDirectory();
        try
        {
            var server = await StoreServer.StartAsync(
                program, directory.At("data"), Deadline.In(TimeSpan.FromSeconds(30)), flags);
            return new ConformanceServer(directory, server) { IsEtcd34 = program.Name == OnStoreAttribute.Etcd };
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }
}
