using Sync.Etcd.Client;
using Sync.Etcd.Client.Connections;
using Sync.TestKit;

namespace Sync.Confd.Tests.EndToEnd;

/// <summary>The servers that the end-to-end tests run against.</summary>
internal static class StorePrograms
{
    /// <summary>Names for theories; <see cref="Find"/> gives the program.</summary>
    public static TheoryData<string> Names => new() { "etcd" };

    /// <summary>The program of a name.</summary>
    public static StoreProgram Find(string name) => name == "etcd" ? StoreProgram.Etcd : StoreProgram.Ours;

    /// <summary>A client of a running server.</summary>
    public static EtcdClient ClientOf(StoreServer server) => new(new EtcdClientOptions
    {
        Endpoints = [server.ClientUrl.ToString()],
        RequestTimeout = TimeSpan.FromSeconds(30),
    });
}
