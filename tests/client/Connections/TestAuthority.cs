using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sync.TestKit;

namespace Sync.Etcd.Client.Tests.Connections;

/// <summary>An authority for one test, and the certificates it signs, as PEM files.</summary>
internal sealed class TestAuthority : IDisposable
{
    /// <summary>The purpose of being a server.</summary>
    public const string ForServers = "1.3.6.1.5.5.7.3.1";

    /// <summary>The purpose of being a client.</summary>
    public const string ForClients = "1.3.6.1.5.5.7.3.2";

    private static readonly DateTimeOffset From = DateTimeOffset.UtcNow.AddHours(-1);

    private readonly TempDirectory _directory = new();
    private readonly X509Certificate2 _certificate;

    // What a server or client sends along so that one who trusts the root alone can follow.
    private readonly string _sentAlong;

    public TestAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _certificate = NewRequest("test authority", key).CreateSelfSigned(From, From.AddDays(1));
        _sentAlong = "";
        File = _directory.Write("authority.pem", _certificate.ExportCertificatePem());
        OwnFile = File;
    }

    private TestAuthority(TestAuthority root)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = NewRequest("authority between", key);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            root._certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using var certificate = request.Create(root._certificate, From, From.AddHours(18), RandomNumberGenerator.GetBytes(8));
        _certificate = certificate.CopyWithPrivateKey(key);
        _sentAlong = $"{certificate.ExportCertificatePem()}\n";
        File = root.File;
        OwnFile = _directory.Write("authority.pem", _sentAlong);
    }

    /// <summary>The root's certificate.</summary>
    public string File { get; }

    /// <summary>The authority's own certificate.</summary>
    public string OwnFile { get; }

    /// <summary>An authority whose own certificate this one signs; what it signs holds the chain.</summary>
    public TestAuthority NewIntermediate() => new(this);

    /// <summary>Signs a certificate for <paramref name="name"/> and, unless told otherwise, 127.0.0.1.</summary>
    /// <param name="name">The common name, and a DNS name.</param>
    /// <param name="purposes">What it is for; without any, for servers and clients.</param>
    /// <param name="minutesTo">When it ends, minutes from the authority's own beginning, an hour ago.</param>
    /// <param name="isForLoopback">Whether it is for 127.0.0.1, too.</param>
    public (string CertificateFile, string KeyFile) Sign(
        string name, IReadOnlyList<string>? purposes = null, int minutesTo = 12 * 60, bool isForLoopback = true)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        if (isForLoopback)
        {
            names.AddIpAddress(IPAddress.Loopback);
        }

        return Sign(name, purposes ?? [ForServers, ForClients], minutesTo, [names.Build()]);
    }

    /// <summary>Signs a certificate of a caller for certain hosts.</summary>
    /// <param name="name">The common name, which is no host.</param>
    /// <param name="hosts">Addresses and DNS names; without any, the certificate has no alternative names.</param>
    public (string CertificateFile, string KeyFile) SignCaller(string name, params IReadOnlyList<string> hosts)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }

        return Sign(name, [ForClients], minutesTo: 12 * 60, hosts.Count > 0 ? [names.Build()] : []);
    }

    /// <summary>Revokes certificates that this authority signed.</summary>
    /// <param name="certificateFiles">The certificates.</param>
    /// <returns>The list, PEM.</returns>
    public string Revoke(params IEnumerable<string> certificateFiles)
    {
        var builder = new CertificateRevocationListBuilder();
        foreach (var file in certificateFiles)
        {
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(file);
            builder.AddEntry(certificate);
        }

        var list = builder.Build(_certificate, crlNumber: 1, From.AddHours(12), HashAlgorithmName.SHA256);
        return PemEncoding.WriteString("X509 CRL", list);
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _directory.Dispose();
    }

    private (string CertificateFile, string KeyFile) Sign(
        string name, IReadOnlyList<string> purposes, int minutesTo, IReadOnlyList<X509Extension> alternatives)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        foreach (var alternative in alternatives)
        {
            request.CertificateExtensions.Add(alternative);
        }

        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            _certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [.. purposes.Select(purpose => new Oid(purpose))], critical: false));
        using var certificate = request.Create(
            _certificate, From, From.AddMinutes(minutesTo), RandomNumberGenerator.GetBytes(8));

        return (_directory.Write($"{name}.pem", $"{certificate.ExportCertificatePem()}\n{_sentAlong}"),
            _directory.Write($"{name}.key", key.ExportPkcs8PrivateKeyPem()));
    }

    private static CertificateRequest NewRequest(string name, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));

        // Authorities of one name are told apart by it.
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }
}
