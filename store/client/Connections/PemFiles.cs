using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sync.Etcd.Client.Connections;

/// <summary>Reads the PEM files of a TLS connection, and says of one that cannot be used which it is and why.</summary>
internal static class PemFiles
{
    /// <summary>The certificates of a file, at least one.</summary>
    /// <exception cref="FormatException">The file holds no certificate, or one that is damaged.</exception>
    /// <exception cref="IOException">The file is missing, or this user may not read it.</exception>
    public static X509Certificate2Collection ReadCertificates(string path)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(ReadText(path));
        }
        catch (CryptographicException failure)
        {
            throw new FormatException($"{path} holds a certificate that cannot be read: {failure.Message}", failure);
        }

        return certificates.Count > 0
            ? certificates
            : throw new FormatException($"{path} holds no certificate; name a PEM file with at least one.");
    }

    /// <summary>One's own certificate with its key, and the certificates between it and the root.</summary>
    /// <exception cref="FormatException">A file does not hold what it should, or the two do not belong together.</exception>
    /// <exception cref="IOException">A file is missing, or this user may not read it.</exception>
    public static SslStreamCertificateContext ReadOwn(string certificatePath, string keyPath)
    {
        var certificates = ReadCertificates(certificatePath);
        try
        {
            var own = X509Certificate2.CreateFromPem(certificates[0].ExportCertificatePem(), ReadText(keyPath));
            certificates.RemoveAt(0);
            return SslStreamCertificateContext.Create(own, certificates, offline: true);
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            throw new FormatException(
                $"{keyPath} is not the key of {certificatePath}: {failure.Message} Name the certificate's unencrypted PEM key.",
                failure);
        }
    }

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new IOException($"{path} cannot be read by this user; change its owner or mode.", failure);
        }
    }
}
