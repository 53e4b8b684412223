using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Sync.Metad.Files;

namespace Sync.Metad.Listening;

/// <summary>TLS of one API: its certificate, read again when its files changed, and who may be at the other end.</summary>
internal sealed class ServerCertificate
{
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    private readonly ReloadedFiles<SslStreamCertificateContext> _certificate;
    private readonly ClientAuthorities? _clients;
    private readonly bool _isClientRequired;

    /// <summary>Reads the files once, so that a wrong one is told at the start.</summary>
    /// <param name="certificateFile">PEM file of the certificate, and of those between it and the root.</param>
    /// <param name="keyFile">PEM file of its key.</param>
    /// <param name="clients">Who may be at the other end; null asks for no certificate.</param>
    /// <param name="isClientRequired">States that without a certificate there is no connection.</param>
    /// <param name="time">The clock.</param>
    /// <param name="complain">Told of a change that cannot be used.</param>
    /// <exception cref="FormatException">A file cannot be used; the message names it.</exception>
    public ServerCertificate(
        string certificateFile,
        string keyFile,
        ClientAuthorities? clients,
        bool isClientRequired,
        TimeProvider time,
        Action<string> complain)
    {
        _certificate = new([certificateFile, keyFile], Read, complain, time);
        _clients = clients;
        _isClientRequired = isClientRequired;

        SslStreamCertificateContext Read(IReadOnlyList<byte[]> contents)
        {
            SecretFile.RequirePrivate(keyFile);
            return Load(certificateFile, keyFile, contents, time.GetUtcNow());
        }
    }

    /// <summary>Sets a listener up.</summary>
    /// <param name="listener">The listener.</param>
    public void Apply(ListenOptions listener) => listener.UseHttps(new TlsHandshakeCallbackOptions
    {
        HandshakeTimeout = HandshakeTimeout,
        OnConnection = _ => ValueTask.FromResult(NewHandshake()),
    });

    private SslServerAuthenticationOptions NewHandshake()
    {
        var handshake = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = _certificate.Current,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            AllowRenegotiation = false,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
        };
        if (_clients is { } clients)
        {
            // A resumed session would not be looked at again.
            handshake.AllowTlsResume = false;
            handshake.ClientCertificateRequired = true;
            handshake.RemoteCertificateValidationCallback = (_, certificate, sent, _) => certificate is null
                ? !_isClientRequired
                : clients.Accept(certificate, sent);
        }

        return handshake;
    }

    private static SslStreamCertificateContext Load(
        string certificateFile, string keyFile, IReadOnlyList<byte[]> contents, DateTimeOffset now)
    {
        try
        {
            var text = Encoding.UTF8.GetString(contents[0]);
            var certificate = X509Certificate2.CreateFromPem(text, Encoding.UTF8.GetString(contents[1]));
            if (now < certificate.NotBefore || now > certificate.NotAfter)
            {
                throw new FormatException(
                    $"{certificateFile} is good from {certificate.NotBefore:u} to {certificate.NotAfter:u}, which is not now.");
            }

            var sent = new X509Certificate2Collection();
            sent.ImportFromPem(text);
            sent.RemoveAt(0);
            return SslStreamCertificateContext.Create(certificate, sent, offline: true);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new FormatException(
                $"{certificateFile} with the key {keyFile} cannot be used: {exception.Message}", exception);
        }
    }
}
