using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Sync.Store.Options;

namespace Sync.Store.Certificates;

/// <summary>What the files of a port hold at one moment.</summary>
/// <param name="Own">The port's certificate with its key, and those between it and the root.</param>
/// <param name="Trusted">The authorities that the other side's certificate must come from; empty: those of the system.</param>
internal sealed record CertificateSet(SslStreamCertificateContext Own, X509Certificate2Collection Trusted)
{
    /// <summary>The files that are read, in the order in which <see cref="Read"/> takes their contents.</summary>
    public static IEnumerable<string> FilesOf(TlsSettings settings) =>
        new[] { settings.CertificateFile, settings.KeyFile, settings.TrustedCaFile }.Where(file => file.Length > 0);

    /// <summary>Makes the set of the files' contents.</summary>
    /// <exception cref="CryptographicException">A file is no PEM, or holds no certificate.</exception>
    /// <exception cref="ArgumentException">The key is another certificate's.</exception>
    public static CertificateSet Read(TlsSettings settings, IReadOnlyList<byte[]> contents)
    {
        var trusted = new X509Certificate2Collection();
        if (settings.TrustedCaFile.Length > 0)
        {
            trusted.ImportFromPem(Encoding.UTF8.GetString(contents[2]));
            if (trusted.Count == 0)
            {
                throw new CryptographicException($"{settings.TrustedCaFile} holds no certificate.");
            }
        }

        return new CertificateSet(ReadOwn(contents[0], contents[1]), trusted);
    }

    /// <summary>How the other side's certificate is checked; a new one for each connection, which adds what is sent.</summary>
    /// <param name="purpose">What a certificate with a list of purposes must name.</param>
    public X509ChainPolicy PolicyFor(Oid purpose)
    {
        // Nothing is fetched: a caller would choose from where.
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.ApplicationPolicy.Add(purpose);
        if (Trusted.Count > 0)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(Trusted);
        }

        return policy;
    }

    private static SslStreamCertificateContext ReadOwn(byte[] chain, byte[] key)
    {
        var text = Encoding.UTF8.GetString(chain);
        var certificate = X509Certificate2.CreateFromPem(text, Encoding.UTF8.GetString(key));
        var intermediates = new X509Certificate2Collection();
        intermediates.ImportFromPem(text);
        intermediates.RemoveAt(0);
        return SslStreamCertificateContext.Create(certificate, intermediates, offline: true);
    }
}
