using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Sync.Metad.Options;

namespace Sync.Metad.Listening;

/// <summary>Opens the addresses, and says of one that cannot be opened which flag named it and what to do.</summary>
/// <param name="sockets">Opens them.</param>
/// <param name="options">The settings.</param>
/// <remarks>Kestrel's own failures name neither: only a port in use is told with its address.</remarks>
internal sealed class AddressOpener(SocketTransportFactory sockets, MetadOptions options) : IConnectionListenerFactory
{
    /// <summary>Opens an address.</summary>
    /// <param name="endpoint">One of those that the flags name.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="IOException">It is in use.</exception>
    /// <exception cref="ListenException">It cannot be opened for another reason.</exception>
    /// <remarks>
    /// For a port of all addresses, Kestrel tries IPv4 alone after a failure that is no <see cref="IOException"/>, as a
    /// machine without IPv6 needs; a port that somebody uses is not to be shared with them in that way.
    /// </remarks>
    public async ValueTask<IConnectionListener> BindAsync(
        EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        try
        {
            return await sockets.BindAsync(endpoint, cancellationToken);
        }
        catch (AddressInUseException fault)
        {
            throw new IOException(
                $"{NameOf(endpoint)}: address already in use; stop the program that listens there, or choose another one.",
                fault);
        }
        catch (SocketException fault)
        {
            throw new ListenException(Sentence(NameOf(endpoint), endpoint, fault), fault);
        }
    }

    private static string Sentence(string name, EndPoint endpoint, SocketException fault) =>
        (endpoint, fault.SocketErrorCode) switch
        {
            (UnixDomainSocketEndPoint, _) =>
                $"{name} cannot be made: its folder must be there, and this user must have the right to write to it.",
            (IPEndPoint { Address: { IsIPv6LinkLocal: true, ScopeId: 0 } }, _) =>
                $"{name} names no link of this machine: an address of a link is written with an interface that is there, as in "
                + "[fe80::a9fe:a9fe%eth0]:80.",
            (_, SocketError.AccessDenied) =>
                $"{name} may not be opened by this user: choose a port from 1024 on, such as :8080, or give the program "
                + "CAP_NET_BIND_SERVICE.",
            (_, SocketError.AddressNotAvailable) =>
                $"{name} is no address of this machine: name one that it has, or none, as in :8080, for all of them.",
            _ => $"{name} cannot be opened: {fault.Message}; choose another address.",
        };

    private string NameOf(EndPoint endpoint) =>
        NameOf("--listen", options.Listen, endpoint)
        ?? NameOf("--listen_manage", options.ListenManage, endpoint)
        ?? $"{endpoint}";

    private static string? NameOf(string flag, string addresses, EndPoint endpoint) => addresses
        .Split(',', StringSplitOptions.TrimEntries)
        .Where(text => ListenAddress.Parse(text).IsAt(endpoint))
        .Select(text => $"{flag}: {text}")
        .FirstOrDefault();
}
