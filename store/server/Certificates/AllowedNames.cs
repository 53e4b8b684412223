using System.Security.Cryptography.X509Certificates;
using Sync.Store.Options;

namespace Sync.Store.Certificates;

/// <summary>Whom a certificate of the trusted authorities must be of, besides.</summary>
/// <param name="settings">The names; without any, every certificate has one.</param>
/// <remarks>Source: etcd, client/pkg/transport, TLSInfo.AllowedCNs and AllowedHostnames.</remarks>
internal sealed class AllowedNames(TlsSettings settings)
{
    private const string CommonName = "2.5.4.3";

    /// <summary>Finds whether a certificate has none of the names.</summary>
    /// <returns>The end of a sentence that begins with the certificate; null when it has one.</returns>
    public string? FindFault(X509Certificate2 certificate)
    {
        if (settings.AllowedCommonNames.Count > 0 && !settings.AllowedCommonNames.Contains(CommonNameOf(certificate)))
        {
            return $"has not the common name that --{settings.CallerPrefix}cert-allowed-cn asks for, "
                + string.Join(" or ", settings.AllowedCommonNames);
        }

        // As in Go the subject does not count, and a wildcard stands for one label.
        return settings.AllowedHostNames.Count > 0
            && !settings.AllowedHostNames.Any(
                host => certificate.MatchesHostname(host, allowWildcards: true, allowCommonName: false))
                ? $"is not for the host that --{settings.CallerPrefix}cert-allowed-hostname asks for, "
                    + string.Join(" or ", settings.AllowedHostNames)
                : null;
    }

    // The last one as the certificate has them, which comes first here.
    private static string? CommonNameOf(X509Certificate2 certificate) =>
        certificate.SubjectName.EnumerateRelativeDistinguishedNames()
            .FirstOrDefault(part => !part.HasMultipleElements && part.GetSingleElementType().Value == CommonName)
            ?.GetSingleElementValue();
}
