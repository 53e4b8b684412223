using System.Net.Security;
using System.Net.Sockets;
using Grpc.Net.Client;
using Sync.Store.Certificates;

namespace Sync.Store.Peers;

/// <summary>Makes connections to peer ports.</summary>
/// <param name="certificates">This member's own for peers; null when the cluster's peer ports are plain.</param>
internal sealed class PeerChannels(PortCertificates? certificates)
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PingPatience = TimeSpan.FromSeconds(3);

    /// <summary>A gRPC channel with a connection of its own; the caller disposes it.</summary>
    /// <param name="url">A peer URL.</param>
    public GrpcChannel Open(string url) => GrpcChannel.ForAddress(url, new GrpcChannelOptions
    {
        HttpHandler = NewHandler(),
        DisposeHttpClient = true,
        MaxReceiveMessageSize = null,
        MaxSendMessageSize = null,
        MaxRetryAttempts = 0,
    });

    /// <summary>A client of plain HTTP on the peer port; the caller disposes it.</summary>
    // The other side may look up names, to see whether the certificate of this one is for where it calls from.
    public HttpClient NewClient() => new(NewHandler(), disposeHandler: true)
    {
        Timeout = ConnectPatience + CallerOrigin.Patience,
    };

    /// <summary>What it means that a member ended a connection before it answered anything.</summary>
    /// <param name="url">Where it is.</param>
    /// <param name="cause">How the connection ended.</param>
    /// <returns>A sentence; null when the end is another one, or the connection was plain.</returns>
    /// <remarks>
    /// In TLS 1.3 a caller is done with the handshake before its certificate is looked at. Source: RFC 8446, section 4.4.2.
    /// </remarks>
    public string? ExplainEnd(string url, Exception? cause) =>
        certificates is not null && new Uri(url).Scheme == Uri.UriSchemeHttps
        && cause?.GetBaseException() is IOException or SocketException { SocketErrorCode: SocketError.ConnectionReset }
            ? "The connection was closed before an answer came. The member there stopped, or refuses this one's certificate, "
                + $"{certificates.DescribeCaller()}; then its log says why."
            : null;

    private SocketsHttpHandler NewHandler() => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        ConnectTimeout = ConnectPatience,
        PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,

        // A machine that is gone sends no reset; the pings find out.
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        KeepAlivePingDelay = PingInterval,
        KeepAlivePingTimeout = PingPatience,
        SslOptions = certificates?.NewCall() ?? new SslClientAuthenticationOptions(),
    };
}
