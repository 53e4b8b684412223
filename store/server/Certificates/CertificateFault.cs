using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace Sync.Store.Certificates;

/// <summary>Says what is wrong with a certificate.</summary>
internal static class CertificateFault
{
    private const X509ChainStatusFlags OfOthers = X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot;

    private const X509ChainStatusFlags Named =
        OfOthers | X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.NotValidForUsage
        | X509ChainStatusFlags.NotSignatureValid;

    /// <summary>Whom a certificate is of, and who signed it.</summary>
    public static string Describe(X509Certificate2 certificate) => $"{certificate.Subject} issued by {certificate.Issuer}";

    /// <summary>Finds what is wrong.</summary>
    /// <param name="chain">The certificate's chain, built for one purpose.</param>
    /// <param name="authorities">What the chain was built against, to be said of a certificate that is of others.</param>
    /// <param name="ignored">What does not count.</param>
    /// <returns>The end of a sentence that begins with the certificate; null when nothing is wrong.</returns>
    public static string? Find(
        X509Chain chain, string authorities, X509ChainStatusFlags ignored = X509ChainStatusFlags.NoError)
    {
        var found = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status) & ~ignored;
        var faults = new List<string>();
        if (found.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            faults.AddRange(chain.ChainElements.SelectMany((element, place) => TimeFault(chain, element, place)));
        }

        if (found.HasFlag(X509ChainStatusFlags.NotValidForUsage))
        {
            var users = chain.ChainPolicy.ApplicationPolicy[0].Value == Purposes.Server.Value ? "servers" : "clients";
            faults.Add($"is not for {users}, which its extended key usage leaves out");
        }

        if ((found & OfOthers) != 0)
        {
            faults.Add($"is not of {authorities}");
        }
        else if (found.HasFlag(X509ChainStatusFlags.NotSignatureValid))
        {
            faults.Add($"is not of {authorities}, one of which has its issuer's name and another key");
        }

        faults.AddRange(chain.ChainStatus
            .Where(status => (status.Status & ~(Named | ignored)) != 0)
            .Select(status => $"cannot be trusted: {status.StatusInformation.TrimEnd(' ', '.', '\n')}"));
        return faults.Count > 0 ? string.Join(", and ", faults) : null;
    }

    private static IEnumerable<string> TimeFault(X509Chain chain, X509ChainElement element, int place)
    {
        var certificate = element.Certificate;
        var whose = place == 0 ? "" : $"is below {certificate.Subject}, which ";
        var now = chain.ChainPolicy.VerificationTime.ToUniversalTime();
        if (certificate.NotAfter.ToUniversalTime() is var end && end < now)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{whose}expired on {end:u}");
        }
        else if (certificate.NotBefore.ToUniversalTime() is var beginning && beginning > now)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{whose}is not valid before {beginning:u}");
        }
    }
}
