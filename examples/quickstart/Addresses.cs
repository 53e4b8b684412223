using System.Net;
using System.Net.Sockets;

namespace Sync.Quickstart;

/// <summary>Where everything listens, all on loopback.</summary>
/// <param name="StoreClients">The store's client port: usually 2379.</param>
/// <param name="StorePeers">The store's peer port: usually 2380.</param>
/// <param name="Metadata">metad's public port: usually 9610.</param>
/// <param name="MetadataManagement">metad's manage port: usually 9611.</param>
/// <param name="Shop">The shop's port: usually 8080.</param>
internal sealed record Addresses(
    string StoreClients, string StorePeers, string Metadata, string MetadataManagement, string Shop)
{
    /// <summary>The usual ports, or free ones in place of those that are taken.</summary>
    public static Addresses Choose() => new(At(2379), At(2380), At(9610), At(9611), At(8080));

    private static string At(int usualPort) => $"127.0.0.1:{(IsFree(usualPort) ? usualPort : AnyFree())}";

    private static bool IsFree(int port)
    {
        try
        {
            return Bind(port) == port;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int AnyFree() => Bind(port: 0);

    private static int Bind(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
