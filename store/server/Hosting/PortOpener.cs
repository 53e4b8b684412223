using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Sync.Store.Options;

namespace Sync.Store.Hosting;

/// <summary>Opens the server's ports, and says of one that cannot be opened which flag named it and what to do.</summary>
/// <param name="sockets">Opens them.</param>
/// <param name="settings">What the server was told.</param>
/// <remarks>Kestrel's own failures name neither: only a port in use is told with its address.</remarks>
internal sealed class PortOpener(SocketTransportFactory sockets, StoreSettings settings) : IConnectionListenerFactory
{
    /// <summary>Opens a port.</summary>
    /// <param name="endpoint">One of those that the flags name, or a socket of the server's own.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="StartException">It cannot be opened.</exception>
    public async ValueTask<IConnectionListener> BindAsync(
        EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        try
        {
            return await sockets.BindAsync(endpoint, cancellationToken);
        }
        catch (AddressInUseException fault)
        {
            throw new StartException(Sentence(NameOf(endpoint), SocketError.AddressAlreadyInUse, fault.Message), fault);
        }
        catch (SocketException fault)
        {
            throw new StartException(Sentence(NameOf(endpoint), fault.SocketErrorCode, fault.Message), fault);
        }
    }

    private static string Sentence(string name, SocketError error, string message) => error switch
    {
        SocketError.AddressAlreadyInUse =>
            $"{name} is in use. Stop the program that listens there, or choose another address.",
        SocketError.AccessDenied =>
            $"{name} may not be opened by this user. Choose a port from 1024 on, or give the program CAP_NET_BIND_SERVICE.",
        SocketError.AddressNotAvailable =>
            $"{name} is no address of this machine. Name one that it has, or 0.0.0.0 for all of them.",
        _ => $"{name} cannot be opened: {message}. Choose another address.",
    };

    private string NameOf(EndPoint endpoint) =>
        NameOf("--listen-client-urls", settings.ListenClientUrls, endpoint)
        ?? NameOf("--listen-peer-urls", settings.ListenPeerUrls, endpoint)
        ?? $"{endpoint}";

    private static string? NameOf(string flag, IEnumerable<ListenUrl> urls, EndPoint endpoint) =>
        urls.FirstOrDefault(url => url.EndPoints.Contains(endpoint)) is not { } named ? null
        : named.EndPoints.Count == 1 ? $"{flag}: {named.Text}"
        : $"{flag}: {named.Text} ({endpoint})";
}
