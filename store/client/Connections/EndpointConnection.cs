using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;

namespace Sync.Etcd.Client.Connections;

/// <summary>One address and the HTTP/2 channel to it. Nothing is connected before the first call.</summary>
internal sealed class EndpointConnection : IDisposable
{
    private static readonly TimeSpan ReconnectPause = TimeSpan.FromMilliseconds(100);

    private readonly GrpcChannel _channel;
    private readonly EtcdClientOptions _options;

    public EndpointConnection(Uri address, EtcdClientOptions options)
    {
        Address = address;
        _options = options;
        _channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = CreateHandler(options),
            DisposeHttpClient = true,
            MaxReceiveMessageSize = options.ReceiveBytesMax,
            MaxSendMessageSize = null,
            MaxRetryAttempts = 0,

            // The client has waits of its own between attempts; the channel's must not add minutes to them.
            InitialReconnectBackoff = ReconnectPause,
            MaxReconnectBackoff = ReconnectPause,
        });
        Channel = _channel.CreateCallInvoker();
    }

    /// <summary>The address, with scheme and port.</summary>
    public Uri Address { get; }

    /// <summary>Calls over the channel, without token, retry or deadline.</summary>
    public CallInvoker Channel { get; }

    /// <summary>Reads a page that the address serves beside its calls.</summary>
    /// <exception cref="HttpRequestException">It cannot be reached or has no such page.</exception>
    public async Task<string> GetPageAsync(string path, CancellationToken cancellation)
    {
        using var http = new HttpClient(CreateHandler(_options)) { Timeout = _options.RequestTimeout };
        return await http.GetStringAsync(new Uri(Address, path), cancellation).ConfigureAwait(false);
    }

    public void Dispose() => _channel.Dispose();

    private static HttpMessageHandler CreateHandler(EtcdClientOptions options) =>
        options.Tls?.ServerName is { } serverName
            ? new ServerNameHandler(serverName, CreateSockets(options))
            : CreateSockets(options);

    private static SocketsHttpHandler CreateSockets(EtcdClientOptions options) => new()
    {
        // A proxy from the environment must not come between a machine and its own store.
        UseProxy = false,
        ConnectTimeout = options.ConnectTimeout,
        EnableMultipleHttp2Connections = true,
        PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        KeepAlivePingDelay = options.KeepAliveInterval,
        KeepAlivePingTimeout = options.KeepAliveTimeout,
        SslOptions = CreateTls(options.Tls),
    };

    private static SslClientAuthenticationOptions CreateTls(TlsFiles? files)
    {
        var tls = new SslClientAuthenticationOptions();
        if (files?.AuthorityFile is { } authorityFile)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            tls.CertificateChainPolicy.CustomTrustStore.AddRange(PemFiles.ReadCertificates(authorityFile));
        }

        if (files?.CertificateFile is { } certificateFile)
        {
            tls.ClientCertificateContext = PemFiles.ReadOwn(certificateFile, files.KeyFile ?? certificateFile);
        }

        if (files is { AcceptAnyServerCertificate: true })
        {
#pragma warning disable CA5359 // The option's name and text say what it costs; it is never set by default.
            tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        return tls;
    }
}
