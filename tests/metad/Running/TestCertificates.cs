using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sync.TestKit;

namespace Sync.Metad.Tests.Running;

/// <summary>An authority made for one test, and the certificates it signs.</summary>
internal sealed class TestCertificates : IDisposable
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly TempDirectory _folder;
    private readonly X509Certificate2 _authority;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestCertificates(TempDirectory folder, string name = "Test authority")
    {
        _folder = folder;
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-9), DateTimeOffset.UtcNow.AddDays(9));
        AuthorityFile = folder.Write($"{name.Replace(' ', '-')}.pem", _authority.ExportCertificatePem());
    }

    public string AuthorityFile { get; }

    /// <summary>Writes a server's certificate and key for localhost.</summary>
    public (string Certificate, string Key) WriteServer(
        string name = "server", int daysFrom = -1, int daysTo = 1, UnixFileMode mode = UnixFileMode.UserRead)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Sign(name, key, ServerUse, daysFrom, daysTo);
        var (certificateFile, keyFile) = (_folder.At($"{name}.crt"), _folder.At($"{name}.key"));
        File.Delete(keyFile);
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(keyFile, mode);
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        return (certificateFile, keyFile);
    }

    /// <summary>A client's certificate with its key.</summary>
    public X509Certificate2 Client(string name, int daysFrom = -1, int daysTo = 1, bool isForServers = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Sign(name, key, isForServers ? ServerUse : ClientUse, daysFrom, daysTo);
        using var both = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(both.Export(X509ContentType.Pkcs12), password: null);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _key.Dispose();
    }

    private X509Certificate2 Sign(string name, ECDsa key, string use, int daysFrom, int daysTo)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        if (use == ServerUse)
        {
            request.CertificateExtensions.Add(names.Build());
        }

        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new(use)], critical: false));
        return request.Create(
            _authority,
            DateTimeOffset.UtcNow.AddDays(daysFrom),
            DateTimeOffset.UtcNow.AddDays(daysTo),
            RandomNumberGenerator.GetBytes(8));
    }
}
