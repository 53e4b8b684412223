using System.CommandLine;
using System.Net.Security;
using System.Security.Authentication;

namespace Sync.Store.Options;

/// <summary>The flags of TLS that count for both ports.</summary>
/// <remarks>Source: etcd, client/pkg/tlsutil: the names of versions, and those of suites, which are Go's.</remarks>
internal sealed class CommonTlsFlags
{
    private const int YearsMax = 100;

    // What Go offers in TLS 1.2 and is not broken: RC4 and 3DES are left out.
    private static readonly TlsCipherSuite[] Suites =
    [
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,
        TlsCipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA,
        TlsCipherSuite.TLS_RSA_WITH_AES_256_CBC_SHA,
        TlsCipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA256,
    ];

    // Go offers these in TLS 1.3 whatever the flag says.
    private static readonly TlsCipherSuite[] SuitesOfTls13 =
    [
        TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
    ];

    private readonly Option<string> _minVersion =
        StoreFlags.Flag("tls-min-version", "TLS1.2", "Oldest version of TLS: TLS1.2 or TLS1.3.");

    private readonly Option<string> _maxVersion =
        StoreFlags.Flag("tls-max-version", "", "Newest version of TLS: TLS1.2 or TLS1.3. Default: TLS1.3.");

    private readonly Option<string> _cipherSuites = StoreFlags.Flag(
        "cipher-suites", "", "Cipher suites of TLS 1.2, as Go names them, comma-separated. Default: the system's.");

    private readonly Option<int> _validity = StoreFlags.Number(
        "self-signed-cert-validity", 1, "Years that certificates of --auto-tls and --peer-auto-tls are valid.");

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> Options => [_minVersion, _maxVersion, _cipherSuites, _validity];

    /// <summary>What the flags say.</summary>
    /// <param name="Protocols">The versions that are spoken.</param>
    /// <param name="CipherSuites">The suites that are offered; empty: the system's.</param>
    /// <param name="SelfSignedYears">How long a certificate of the server's own making is valid.</param>
    public sealed record Values(SslProtocols Protocols, IReadOnlyList<TlsCipherSuite> CipherSuites, int SelfSignedYears);

    /// <summary>Reads what they say.</summary>
    /// <param name="parsed">A command line without usage errors.</param>
    /// <param name="faults">Receives one sentence for each fault.</param>
    public Values Read(ParseResult parsed, List<string> faults)
    {
        var oldest = ReadVersion(parsed, _minVersion, SslProtocols.Tls12, faults);
        var newest = ReadVersion(parsed, _maxVersion, SslProtocols.Tls13, faults);
        if (oldest > newest)
        {
            faults.Add($"{_minVersion.Name}: TLS1.3 is newer than {_maxVersion.Name}, TLS1.2.");
        }

        return new Values(oldest | newest, ReadSuites(parsed, oldest, faults), ReadYears(parsed, faults));
    }

    private int ReadYears(ParseResult parsed, List<string> faults)
    {
        var years = parsed.GetRequiredValue(_validity);
        if (years is < 1 or > YearsMax)
        {
            faults.Add($"{_validity.Name}: {years} must be from 1 to {YearsMax}.");
        }

        return years;
    }

    private static SslProtocols ReadVersion(
        ParseResult parsed, Option<string> option, SslProtocols otherwise, List<string> faults)
    {
        switch (parsed.GetRequiredValue(option))
        {
            case "": return otherwise;
            case "TLS1.2": return SslProtocols.Tls12;
            case "TLS1.3": return SslProtocols.Tls13;
            case var version:
                faults.Add($"{option.Name}: {version} is not TLS1.2 or TLS1.3.");
                return otherwise;
        }
    }

    private IReadOnlyList<TlsCipherSuite> ReadSuites(ParseResult parsed, SslProtocols oldest, List<string> faults)
    {
        var suites = new List<TlsCipherSuite>();
        foreach (var name in CommaList.Split(parsed.GetRequiredValue(_cipherSuites)))
        {
            // Two suites have older names in Go.
            var full = name.EndsWith("CHACHA20_POLY1305", StringComparison.Ordinal) ? $"{name}_SHA256" : name;
            var found = Suites.Concat(SuitesOfTls13).Where(suite => suite.ToString() == full).ToList();
            suites.AddRange(found);
            if (found.Count == 0)
            {
                faults.Add($"{_cipherSuites.Name}: {name} is none that is offered here; write one such as {Suites[0]}.");
            }
        }

        if (suites.Count == 0)
        {
            return [];
        }

        if (oldest == SslProtocols.Tls13)
        {
            faults.Add($"{_cipherSuites.Name} counts for TLS 1.2 alone, which {_minVersion.Name} rules out.");
        }

        return [.. suites.Union(SuitesOfTls13)];
    }
}
