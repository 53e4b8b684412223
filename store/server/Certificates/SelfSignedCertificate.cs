using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Sync.Posix;
using Sync.Store.Options;

namespace Sync.Store.Certificates;

/// <summary>The certificate that a port makes for itself: <c>--auto-tls</c> and <c>--peer-auto-tls</c>.</summary>
/// <remarks>
/// Once made it stays until it expires. It lies in <c>fixtures/client</c> and <c>fixtures/peer</c> of the data directory, so
/// that clients find what to trust where etcd has it. Source: etcd, client/pkg/transport, SelfCert.
/// </remarks>
internal static class SelfSignedCertificate
{
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int DaysOfYear = 365;

    /// <summary>Sees to it that the certificate is there, if the port is to have one of its own making.</summary>
    /// <param name="settings">The port's; null without TLS.</param>
    /// <param name="dataDirectory">The member's data directory, which exists.</param>
    /// <param name="now">The time.</param>
    /// <returns>The same settings, with the files named.</returns>
    /// <exception cref="PosixException">It could not be written.</exception>
    public static TlsSettings? Provide(TlsSettings? settings, string dataDirectory, DateTimeOffset now)
    {
        if (settings is not { SelfSigned: { } wanted })
        {
            return settings;
        }

        var fixtures = Path.Combine(dataDirectory, "fixtures");
        var folder = Path.Combine(fixtures, settings.IsForMembers ? "peer" : "client");
        var provided = settings with
        {
            CertificateFile = Path.Combine(folder, "cert.pem"),
            KeyFile = Path.Combine(folder, "key.pem"),
        };
        if (!IsThere(provided, now))
        {
            PosixDirectory.Make(fixtures, FolderMode);
            PosixDirectory.Make(folder, FolderMode);
            Make(provided, wanted, now);
        }

        return provided;
    }

    private static bool IsThere(TlsSettings settings, DateTimeOffset now)
    {
        if (!File.Exists(settings.CertificateFile) || !File.Exists(settings.KeyFile))
        {
            return false;
        }

        try
        {
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(settings.CertificateFile);
            return certificate.NotAfter.ToUniversalTime() > now.UtcDateTime;
        }
        catch (CryptographicException)
        {
            // Whoever put something else there hears of it when it is loaded.
            return true;
        }
    }

    // The certificate comes last: without it a crash leaves a key that is made anew, and never two that do not fit.
    private static void Make(TlsSettings settings, SelfSigned wanted, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP521);
        using var certificate = RequestFor(key, wanted.Hosts).CreateSelfSigned(now, now.AddDays(DaysOfYear * wanted.Years));
        var options = new AtomicFileOptions { Mode = FileMode };
        File.Delete(settings.CertificateFile);
        AtomicFile.Replace(settings.KeyFile, Encoding.ASCII.GetBytes(key.ExportECPrivateKeyPem()), options);
        AtomicFile.Replace(settings.CertificateFile, Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()), options);
    }

    private static CertificateRequest RequestFor(ECDsa key, IEnumerable<string> hosts)
    {
        var request = new CertificateRequest("O=etcd", key, HashAlgorithmName.SHA512);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.KeyEncipherment | X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [Purposes.Server, Purposes.Client], critical: false));
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

        request.CertificateExtensions.Add(names.Build());
        return request;
    }
}
