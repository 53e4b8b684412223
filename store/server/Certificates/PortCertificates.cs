using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging.Abstractions;
using Sync.Store.Hosting;
using Sync.Store.Options;

namespace Sync.Store.Certificates;

/// <summary>The certificates of a port: the server's and of whom may call, as the files have them now.</summary>
internal sealed partial class PortCertificates
{
    // The purposes of RFC 5280, section 4.2.1.12: to be a server, to be a client.
    private static readonly Oid ServerPurpose = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientPurpose = new("1.3.6.1.5.5.7.3.2");

    private readonly TlsSettings _settings;
    private readonly RereadFiles<CertificateSet> _files;
    private ILogger _logger = NullLogger.Instance;

    private PortCertificates(TlsSettings settings)
    {
        _settings = settings;
        _files = new(CertificateSet.FilesOf(settings), contents => CertificateSet.Read(settings, contents));
    }

    /// <summary>Reads all files once, so that a wrong one is told at the start.</summary>
    /// <param name="settings">Where the files are.</param>
    /// <exception cref="StartException">A file is missing, is no PEM, or key and certificate do not belong together.</exception>
    public static PortCertificates Load(TlsSettings settings)
    {
        try
        {
            return new PortCertificates(settings);
        }
        catch (Exception failure) when (RereadFiles<CertificateSet>.IsUnusable(failure))
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

    /// <summary>Names the log, which is there only when the port is about to be opened.</summary>
    public void TellTo(ILogger logger) => _logger = logger;

    /// <summary>Sets a listener up.</summary>
    public void Apply(ListenOptions listener) => listener.UseHttps(new TlsHandshakeCallbackOptions
    {
        HandshakeTimeout = TimeSpan.FromSeconds(10),
        OnConnection = _ => ValueTask.FromResult(NewHandshake()),
    });

    /// <summary>
    /// What the files hold now; while they are being replaced and do not fit each other, what they held before.
    /// </summary>
    public CertificateSet Current()
    {
        var (set, problem) = _files.Read();
        if (problem is not null)
        {
            Log.CannotUse(_logger, problem);
        }

        return set;
    }

    private SslServerAuthenticationOptions NewHandshake()
    {
        var set = Current();
        var handshake = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = set.Own,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            AllowRenegotiation = false,
        };
        if (_settings.RequiresClientCertificate || set.Trusted.Count > 0)
        {
            // A resumed session would not be looked at again.
            handshake.AllowTlsResume = false;
            handshake.ClientCertificateRequired = true;
            handshake.RemoteCertificateValidationCallback = (_, certificate, sent, _) =>
                certificate is X509Certificate2 presented
                && Trusts(set, presented, sent?.ChainPolicy.ExtraStore ?? [], ClientPurpose);
        }

        return handshake;
    }

    /// <summary>Checks that this member's own certificate is one that the other members' authorities have signed.</summary>
    /// <exception cref="StartException">It is not, so that the others would refuse it.</exception>
    public void RequireOwnTrusted()
    {
        var set = Current();
        var own = set.Own;
        if (set.Trusted.Count > 0 && !Trusts(set, own.TargetCertificate, own.IntermediateCertificates, purpose: null))
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
        if (!Trusts(Current(), certificate, sent?.ChainPolicy.ExtraStore ?? [], ServerPurpose))
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
    /// <param name="set">The authorities.</param>
    /// <param name="certificate">What the other side presented.</param>
    /// <param name="sent">What it sent along.</param>
    /// <param name="purpose">What a certificate with a list of purposes must name; null asks for none.</param>
    private static bool Trusts(
        CertificateSet set, X509Certificate2 certificate, IEnumerable<X509Certificate2> sent, Oid? purpose)
    {
        using var chain = new X509Chain();
        if (purpose is not null)
        {
            chain.ChainPolicy.ApplicationPolicy.Add(purpose);
        }

        chain.ChainPolicy.ExtraStore.AddRange(sent.ToArray());
        if (set.Trusted.Count > 0)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(set.Trusted);
        }

        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }
}
