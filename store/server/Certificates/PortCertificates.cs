using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Sync.Store.Hosting;
using Sync.Store.Options;

namespace Sync.Store.Certificates;

/// <summary>The certificates of a port: the server's, read again when its file changed, and who may call.</summary>
internal sealed class PortCertificates
{
    // The purposes of RFC 5280, section 4.2.1.12: to be a server, to be a client.
    private static readonly Oid ServerPurpose = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientPurpose = new("1.3.6.1.5.5.7.3.2");

    private readonly TlsSettings _settings;
    private readonly X509Certificate2Collection _trusted;
    private readonly Lock _lock = new();
    private SslStreamCertificateContext _certificate;
    private (DateTime Certificate, DateTime Key) _written;

    private PortCertificates(
        TlsSettings settings, X509Certificate2Collection trusted, SslStreamCertificateContext certificate)
    {
        _settings = settings;
        _trusted = trusted;
        _certificate = certificate;
        _written = WrittenTimes();
    }

    /// <summary>Reads all files once, so that a wrong one is told at the start.</summary>
    /// <param name="settings">Where the files are.</param>
    /// <exception cref="StartException">A file is missing, is no PEM, or key and certificate do not belong together.</exception>
    public static PortCertificates Load(TlsSettings settings)
    {
        try
        {
            var trusted = new X509Certificate2Collection();
            if (settings.TrustedCaFile.Length > 0)
            {
                trusted.ImportFromPemFile(settings.TrustedCaFile);
                if (trusted.Count == 0)
                {
                    throw new CryptographicException($"{settings.TrustedCaFile} holds no certificate.");
                }
            }

            return new PortCertificates(settings, trusted, Read(settings));
        }
        catch (Exception failure) when (IsUnusable(failure))
        {
            throw new StartException(
                $"The certificate {settings.CertificateFile} with the key {settings.KeyFile}"
                + (settings.TrustedCaFile.Length > 0 ? $" and the authorities {settings.TrustedCaFile}" : "")
                + $" cannot be used: {failure.Message} Check that --{settings.FlagPrefix}cert-file, "
                + $"--{settings.FlagPrefix}key-file and --{settings.FlagPrefix}trusted-ca-file name PEM files that belong "
                + "together.",
                failure);
        }
    }

    /// <summary>Sets a listener up.</summary>
    public void Apply(ListenOptions listener) => listener.UseHttps(new TlsHandshakeCallbackOptions
    {
        HandshakeTimeout = TimeSpan.FromSeconds(10),
        OnConnection = _ => ValueTask.FromResult(NewHandshake()),
    });

    /// <summary>The port's certificate as the file has it now, with those between it and the root.</summary>
    public SslStreamCertificateContext Current()
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

    private static SslStreamCertificateContext Read(TlsSettings settings)
    {
        var certificate = X509Certificate2.CreateFromPemFile(settings.CertificateFile, settings.KeyFile);
        var intermediates = new X509Certificate2Collection();
        intermediates.ImportFromPemFile(settings.CertificateFile);
        intermediates.RemoveAt(0);
        return SslStreamCertificateContext.Create(certificate, intermediates, offline: true);
    }

    private SslServerAuthenticationOptions NewHandshake()
    {
        var handshake = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = Current(),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            AllowRenegotiation = false,
        };
        if (_settings.RequiresClientCertificate || _trusted.Count > 0)
        {
            // A resumed session would not be looked at again.
            handshake.AllowTlsResume = false;
            handshake.ClientCertificateRequired = true;
            handshake.RemoteCertificateValidationCallback = (_, certificate, sent, _) =>
                certificate is X509Certificate2 presented
                && Trusts(presented, sent?.ChainPolicy.ExtraStore ?? [], ClientPurpose);
        }

        return handshake;
    }

    // Files that are being replaced do not fit each other for a moment; the next handshake looks again.
    private void Renew((DateTime Certificate, DateTime Key) written)
    {
        try
        {
            _certificate = Read(_settings);
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

    /// <summary>Checks that this member's own certificate is one that the other members' authorities have signed.</summary>
    /// <exception cref="StartException">It is not, so that the others would refuse it.</exception>
    public void RequireOwnTrusted()
    {
        var own = Current();
        if (_trusted.Count > 0 && !Trusts(own.TargetCertificate, own.IntermediateCertificates, purpose: null))
        {
            throw new StartException(
                $"The certificate {_settings.CertificateFile} ({Describe(own.TargetCertificate)}) is not of the authorities in "
                + $"--{_settings.FlagPrefix}trusted-ca-file {_settings.TrustedCaFile}; the other members would refuse it.");
        }
    }

    /// <summary>Why another member's certificate is not taken; null when it is.</summary>
    /// <param name="certificate">What it presented.</param>
    /// <param name="sent">What it sent along; may be null.</param>
    /// <param name="isOtherName">Whether it is for another name than the member was called by.</param>
    public string? FindFault(X509Certificate2 certificate, X509Chain? sent, bool isOtherName)
    {
        if (!Trusts(certificate, sent?.ChainPolicy.ExtraStore ?? [], ServerPurpose))
        {
            return $"Its certificate, {Describe(certificate)}, is not of the authorities in "
                + $"--{_settings.FlagPrefix}trusted-ca-file {_settings.TrustedCaFile}.";
        }

        return isOtherName
            ? $"Its certificate, {Describe(certificate)}, is for another name than that in its peer URL."
            : null;
    }

    private static string Describe(X509Certificate2 certificate) =>
        $"{certificate.Subject} issued by {certificate.Issuer}";

    /// <summary>Whether a certificate comes from the trusted authorities; without such, from those of the system.</summary>
    /// <param name="certificate">What the other side presented.</param>
    /// <param name="sent">What it sent along.</param>
    /// <param name="purpose">What a certificate with a list of purposes must name; null asks for none.</param>
    private bool Trusts(X509Certificate2 certificate, IEnumerable<X509Certificate2> sent, Oid? purpose)
    {
        using var chain = new X509Chain();
        if (purpose is not null)
        {
            chain.ChainPolicy.ApplicationPolicy.Add(purpose);
        }

        chain.ChainPolicy.ExtraStore.AddRange(sent.ToArray());
        if (_trusted.Count > 0)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(_trusted);
        }

        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }
}
