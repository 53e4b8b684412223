using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sync.Store.Certificates;

/// <summary>The hosts that a certificate is for, by the alternative names of its subject.</summary>
/// <param name="Addresses">The addresses.</param>
/// <param name="Names">The names; one that begins with <c>*.</c> is of all hosts below the rest.</param>
/// <remarks>
/// Alternative names of other kinds, such as mailboxes, are of no host. Source: etcd,
/// client/pkg/transport/listener_tls.go, where a wildcard stands for several labels, too.
/// </remarks>
internal sealed record CertifiedHosts(IReadOnlyList<IPAddress> Addresses, IReadOnlyList<string> Names)
{
    /// <summary>Whether the certificate names no host, and so may be shown by any.</summary>
    public bool IsEmpty => Addresses.Count + Names.Count == 0;

    /// <summary>The names that have addresses.</summary>
    public IEnumerable<string> NamesToLookUp => Names.Where(name => name.Length > 0 && !IsWildcard(name)).Distinct();

    /// <summary>Reads them from a certificate.</summary>
    /// <exception cref="CryptographicException">The alternative names are malformed.</exception>
    public static CertifiedHosts Of(X509Certificate2 certificate)
    {
        var alternatives = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().ToList();
        return new CertifiedHosts(
            [.. alternatives.SelectMany(names => names.EnumerateIPAddresses())],
            [.. alternatives.SelectMany(names => names.EnumerateDnsNames())]);
    }

    /// <summary>An address as certificates have it: one of IPv4 as such, one of IPv6 without its link.</summary>
    public static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : new IPAddress(address.GetAddressBytes());

    /// <summary>Whether two addresses are one.</summary>
    public static bool AreSame(IPAddress one, IPAddress other) => Plain(one).Equals(Plain(other));

    /// <summary>Whether an address is among the certificate's.</summary>
    public bool HasAddress(IPAddress address) => Addresses.Any(own => AreSame(own, address));

    /// <summary>Whether a name is among the certificate's, or below one of its wildcards.</summary>
    public bool HasName(string name) => Names.Any(own => IsWildcard(own)
        ? name.EndsWith(own[1..], StringComparison.OrdinalIgnoreCase)
        : name.Equals(own, StringComparison.OrdinalIgnoreCase));

    /// <summary>All of them, for a sentence.</summary>
    public override string ToString() => string.Join(", ", Addresses.Select(address => $"{address}").Concat(Names));

    private static bool IsWildcard(string name) => name.StartsWith("*.", StringComparison.Ordinal);
}
