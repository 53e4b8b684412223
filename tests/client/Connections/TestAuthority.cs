using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sync.TestKit;

namespace Sync.Etcd.Client.Tests.Connections;

/// <summary>An authority for one test, and the certificates it signs, as PEM files.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset From = DateTimeOffset.UtcNow.AddHours(-1);

    private readonly TempDirectory _directory = new();
    private readonly X509Certificate2 _certificate;

    public TestAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        _certificate = request.CreateSelfSigned(From, From.AddDays(1));
        File = _directory.Write("authority.pem", _certificate.ExportCertificatePem());
    }

    /// <summary>The authority's certificate.</summary>
    public string File { get; }

    /// <summary>Signs a certificate for <paramref name="name"/> and 127.0.0.1, for servers and clients.</summary>
    public (string CertificateFile, string KeyFile) Sign(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        using var certificate = request.Create(
            _certificate, From, From.AddHours(12), RandomNumberGenerator.GetBytes(8));

        return (_directory.Write($"{name}.pem", certificate.ExportCertificatePem()),
            _directory.Write($"{name}.key", key.ExportPkcs8PrivateKeyPem()));
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _directory.Dispose();
    }
}
