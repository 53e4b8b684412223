using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Sync.EndToEnd.Tests.Certificates;

/// <summary>A TLS connection of a client that takes every certificate and looks at it.</summary>
internal sealed class TlsVisit : IAsyncDisposable
{
    private readonly SslStream _tls;

    private TlsVisit(SslStream tls) => _tls = tls;

    /// <summary>Whose certificate the server showed.</summary>
    public string Server => _tls.RemoteCertificate?.Subject ?? "nobody";

    /// <summary>What was agreed on.</summary>
    public (SslProtocols Protocol, TlsCipherSuite Suite) Agreed => (_tls.SslProtocol, _tls.NegotiatedCipherSuite);

    /// <summary>Connects to a port of loopback.</summary>
    /// <param name="port">The port.</param>
    /// <param name="limit">Ends the attempt.</param>
    /// <param name="own">The certificate and key to show, as files; null shows none.</param>
    /// <param name="protocols">The versions that the client speaks.</param>
    /// <exception cref="AuthenticationException">The two agree on nothing.</exception>
    public static async Task<TlsVisit> ConnectAsync(
        int port,
        CancellationToken limit,
        (string Certificate, string Key)? own = null,
        SslProtocols protocols = SslProtocols.None)
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port, limit);
        var tls = new SslStream(socket.GetStream());
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "127.0.0.1",
            EnabledSslProtocols = protocols,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        };
        if (own is { } files)
        {
            var certificate = X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(files.Certificate);
            options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true);
        }

        try
        {
            await tls.AuthenticateAsClientAsync(options, limit);
            return new TlsVisit(tls);
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether the server answers a request for its version.</summary>
    /// <remarks>In TLS 1.3 a client learns only here that it was refused.</remarks>
    public async Task<bool> IsAnsweredAsync(CancellationToken limit)
    {
        try
        {
            await _tls.WriteAsync("GET /version HTTP/1.1\r\nHost: store\r\n\r\n"u8.ToArray(), limit);
            var answer = new byte[4096];
            var length = await _tls.ReadAsync(answer, limit);
            return Encoding.ASCII.GetString(answer, 0, length).StartsWith("HTTP/1.1 200", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    public ValueTask DisposeAsync() => _tls.DisposeAsync();
}
