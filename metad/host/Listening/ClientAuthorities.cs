using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Sync.Metad.Files;

namespace Sync.Metad.Listening;

/// <summary>Whose certificates may manage: those of certain authorities, and of them those with certain names.</summary>
internal sealed class ClientAuthorities
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly ReloadedFiles<X509Certificate2Collection> _authorities;
    private readonly HashSet<string> _names;

    /// <summary>Reads the authorities.</summary>
    /// <param name="file">PEM file of their certificates.</param>
    /// <param name="names">Common or DNS names, of which a certificate must have one; empty takes every certificate.</param>
    /// <param name="complain">Told of a change that cannot be used.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="FormatException">The file cannot be used; the message names it.</exception>
    public ClientAuthorities(string file, IEnumerable<string> names, Action<string> complain, TimeProvider time)
    {
        _authorities = new([file], contents => Read(file, contents[0]), complain, time);
        _names = new(names, StringComparer.Ordinal);
    }

    /// <summary>States that a certificate may manage: its chain ends at an authority, it is one for clients, and its name is listed.</summary>
    /// <param name="certificate">The certificate that was shown; the handshake has proved that its key is there.</param>
    /// <param name="sent">Certificates that came with it.</param>
    public bool Accept(X509Certificate certificate, X509Chain? sent)
    {
        using var shown = new X509Certificate2(certificate);
        using var chain = new X509Chain();
        chain.ChainPolicy.ExtraStore.AddRange(sent?.ChainPolicy.ExtraStore ?? []);
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities.Current);
        chain.ChainPolicy.ApplicationPolicy.Add(new(ClientAuthentication));
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(shown) && (_names.Count == 0 || NamesOf(shown).Any(_names.Contains));
    }

    private static IEnumerable<string> NamesOf(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(extension => extension.EnumerateDnsNames())
            .Append(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false));

    private static X509Certificate2Collection Read(string file, byte[] content)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(Encoding.UTF8.GetString(content));
        }
        catch (CryptographicException exception)
        {
            throw new FormatException($"{file} cannot be used: {exception.Message}", exception);
        }

        return certificates.Count > 0
            ? certificates
            : throw new FormatException($"{file} holds no certificate: a PEM file of authorities is wanted.");
    }
}
