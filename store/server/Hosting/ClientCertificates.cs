using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Sync.Store.Options;

namespace Sync.Store.Hosting;

/// <summary>The certificates of the client port: the server's, read again when its file changed, and who may call.</summary>
internal sealed class ClientCertificates
{
    private readonly TlsSettings _settings;
    private readonly X509Certificate2Collection _trusted;
    private readonly Lock _lock = new();
    private X509Certificate2 _certificate;
    private (DateTime Certificate, DateTime Key) _written;

    private ClientCertificates(
        TlsSettings settings, X509Certificate2Collection trusted, X509Certificate2 certificate)
    {
        _settings = settings;
        _trusted = trusted;
        _certificate = certificate;
        _written = WrittenTimes();
    }

    /// <summary>Reads all files once, so that a wrong one is told at the start.</summary>
    /// <param name="settings">Where the files are.</param>
    /// <exception cref="StartException">A file is missing, is no PEM, or key and certificate do not belong together.</exception>
    public static ClientCertificates Load(TlsSettings settings)
    {
        try
        {
            var trusted = new X509Certificate2Collection();
            if (settings.TrustedCaFile.Length > 0)
            {
                trusted.ImportFromPemFile(settings.TrustedCaFile);
            }

            return new ClientCertificates(
                settings, trusted, X509Certificate2.CreateFromPemFile(settings.CertificateFile, settings.KeyFile));
        }
        catch (Exception failure) when (IsUnusable(failure))
        {
            throw new StartException(
                $"The certificate {settings.CertificateFile} with the key {settings.KeyFile}"
                + (settings.TrustedCaFile.Length > 0 ? $" and the authorities {settings.TrustedCaFile}" : "")
                + $" cannot be used: {failure.Message} Check that --cert-file, --key-file and --trusted-ca-file name PEM"
                + " files that belong together.",
                failure);
        }
    }

    /// <summary>Sets a listener up.</summary>
    public void Apply(HttpsConnectionAdapterOptions https)
    {
        https.ServerCertificateSelector = (_, _) => Current();
        https.HandshakeTimeout = TimeSpan.FromSeconds(10);
        if (_settings.RequiresClientCertificate || _trusted.Count > 0)
        {
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (certificate, sent, _) => IsTrusted(certificate, sent);
        }
    }

    private X509Certificate2 Current()
    {
        lock (_lock)
        {
            var written = WrittenTimes();
            if (written != _written)
            {
                Renew(written);
            }

            return _certificate;
        }
    }

    // Files that are being replaced do not fit each other for a moment; the next handshake looks again.
    private void Renew((DateTime Certificate, DateTime Key) written)
    {
        try
        {
            _certificate = X509Certificate2.CreateFromPemFile(_settings.CertificateFile, _settings.KeyFile);
            _written = written;
        }
        catch (Exception failure) when (IsUnusable(failure))
        {
            // The certificate in use stays.
        }
    }

    // A key that is another certificate's is an ArgumentException.
    private static bool IsUnusable(Exception failure) =>
        failure is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException;

    private (DateTime Certificate, DateTime Key) WrittenTimes() =>
        (File.GetLastWriteTimeUtc(_settings.CertificateFile), File.GetLastWriteTimeUtc(_settings.KeyFile));

    private bool IsTrusted(X509Certificate2 certificate, X509Chain? sent)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.ExtraStore.AddRange(sent?.ChainPolicy.ExtraStore ?? []);
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_trusted);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }
}
