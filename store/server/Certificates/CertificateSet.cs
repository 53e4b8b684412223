using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Sync.Store.Options;

namespace Sync.Store.Certificates;

/// <summary>What the files of a port hold at one moment.</summary>
/// <param name="Own">The port's certificate with its key, and those between it and the root.</param>
/// <param name="AsCaller">What is shown to other members, in the same form.</param>
/// <param name="Trusted">The authorities that the other side's certificate must come from; empty: those of the system.</param>
/// <param name="Revoked">What authorities have revoked.</param>
internal sealed record CertificateSet(
    SslStreamCertificateContext Own,
    SslStreamCertificateContext AsCaller,
    X509Certificate2Collection Trusted,
    IReadOnlyList<RevocationList> Revoked)
{
    /// <summary>The files that <see cref="Read"/> needs.</summary>
    public static IEnumerable<string> FilesOf(TlsSettings settings) =>
        new[]
        {
            settings.CertificateFile, settings.KeyFile, settings.CallerCertificateFile, settings.CallerKeyFile,
            settings.TrustedCaFile, settings.RevocationFile,
        }.Where(file => file.Length > 0);

    /// <summary>Makes the set of the files' contents.</summary>
    /// <exception cref="CryptographicException">A file is no PEM, or does not hold what it should.</exception>
    /// <exception cref="ArgumentException">The key is another certificate's.</exception>
    public static CertificateSet Read(TlsSettings settings, IReadOnlyDictionary<string, byte[]> contents)
    {
        var trusted = new X509Certificate2Collection();
        if (settings.TrustedCaFile.Length > 0)
        {
            trusted.ImportFromPem(Encoding.UTF8.GetString(contents[settings.TrustedCaFile]));
            if (trusted.Count == 0)
            {
                throw new CryptographicException($"{settings.TrustedCaFile} holds no certificate.");
            }
        }

        var own = ReadOwn(contents[settings.CertificateFile], contents[settings.KeyFile]);
        var asCaller = settings.CallerCertificateFile.Length == 0 ? own : ReadCaller(settings, contents);
        return new CertificateSet(own, asCaller, trusted, settings.RevocationFile is { Length: > 0 } revoked
            ? RevocationList.ReadAll(revoked, contents[revoked], [.. trusted, .. own.IntermediateCertificates])
            : []);
    }

    /// <summary>Finds whether a certificate of a chain is revoked.</summary>
    /// <returns>The end of a sentence that begins with the chain's first certificate; null when none is.</returns>
    public string? FindRevoked(X509Chain chain)
    {
        for (var place = 0; place + 1 < chain.ChainElements.Count; place++)
        {
            var (certificate, issuer) = (chain.ChainElements[place].Certificate, chain.ChainElements[place + 1].Certificate);
            if (Revoked.Any(list => list.Revokes(certificate, issuer)))
            {
                return $"{(place == 0 ? "" : $"is below {certificate.Subject}, which ")}was revoked by its issuer";
            }
        }

        return null;
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

    private static SslStreamCertificateContext ReadCaller(
        TlsSettings settings, IReadOnlyDictionary<string, byte[]> contents)
    {
        try
        {
            return ReadOwn(contents[settings.CallerCertificateFile], contents[settings.CallerKeyFile]);
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            throw new CryptographicException(
                $"{settings.CallerCertificateFile} with the key {settings.CallerKeyFile}: {failure.Message}", failure);
        }
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
