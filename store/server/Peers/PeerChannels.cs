using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
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
    public HttpClient NewClient() => new(NewHandler(), disposeHandler: true) { Timeout = ConnectPatience };

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
        SslOptions = certificates is null ? new SslClientAuthenticationOptions() : TlsOf(certificates),
    };

    private static SslClientAuthenticationOptions TlsOf(PortCertificates certificates) => new()
    {
        // Each connection of a member has a handler of its own, and so the certificate of now.
        ClientCertificateContext = certificates.Current().Own,
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
        {
            var isOtherName = errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch);
            if (certificate is X509Certificate2 presented
                && certificates.FindFault(presented, chain, isOtherName) is { } fault)
            {
                throw new AuthenticationException(fault);
            }

            return certificate is X509Certificate2;
        },
    };
}
