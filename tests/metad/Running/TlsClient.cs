using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Sync.TestKit;

namespace Sync.Metad.Tests.Running;

/// <summary>Sends requests over TLS, and tells which certificate it was shown.</summary>
internal static class TlsClient
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task<(RawAnswer Answer, string Server)> SendAsync(
        int port,
        string method,
        string target,
        X509Certificate2? certificate = null,
        SslProtocols protocols = SslProtocols.None,
        params string[] headers)
    {
        var limit = Deadline.In(Limit);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, limit);
        await using var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false);
        var server = "";
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = protocols,
            ClientCertificates = certificate is null ? [] : [certificate],
            RemoteCertificateValidationCallback = (_, shown, _, _) =>
            {
                server = shown?.Subject ?? "";
                return shown is not null;
            },
        }, limit);
        return (await RawClient.SendAsync(stream, method, target, headers, body: null, limit), server);
    }

    /// <summary>States that the handshake, or the first use of the connection, fails.</summary>
    public static async Task<bool> IsRefusedAsync(
        int port, X509Certificate2? certificate, SslProtocols protocols = SslProtocols.None)
    {
        try
        {
            await SendAsync(port, "GET", "/health", certificate, protocols);
            return false;
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException)
        {
            return true;
        }
    }
}
