using Sync.Etcd.Client;
using Sync.Etcd.Client.Connections;
using Sync.TestKit;

namespace Sync.Confd.Tests.EndToEnd;

/// <summary>The servers that the end-to-end tests run against.</summary>
internal static class StorePrograms
{
    /// <summary>A client of a running server.</summary>
    public static EtcdClient ClientOf(StoreServer server) => new(new EtcdClientOptions
    {
        Endpoints = [server.ClientUrl.ToString()],
        RequestTimeout = TimeSpan.FromSeconds(30),
    });
}
