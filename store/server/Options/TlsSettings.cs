using System.Net.Security;
using System.Security.Authentication;

namespace Sync.Store.Options;

/// <summary>A certificate that the port makes for itself.</summary>
/// <param name="Hosts">Names and addresses that it is for.</param>
/// <param name="Years">How long it is valid.</param>
internal sealed record SelfSigned(IReadOnlyList<string> Hosts, int Years);

/// <summary>TLS of the client port or of the peer port.</summary>
internal sealed record TlsSettings
{
    /// <summary>What most flags of the port begin with: nothing, or <c>peer-</c>.</summary>
    public required string FlagPrefix { get; init; }

    /// <summary>Path of the server's certificate chain, PEM.</summary>
    public required string CertificateFile { get; init; }

    /// <summary>Path of its private key, PEM.</summary>
    public required string KeyFile { get; init; }

    /// <summary>The certificate that is made where none is named; null: one is named.</summary>
    /// <remarks>The other side's is not looked at then: it is of no authority either.</remarks>
    public required SelfSigned? SelfSigned { get; init; }

    /// <summary>Path of the certificate chain that is shown to other servers; empty: the port's own.</summary>
    public required string CallerCertificateFile { get; init; }

    /// <summary>Path of its private key; empty as the certificate's is.</summary>
    public required string CallerKeyFile { get; init; }

    /// <summary>Path of the authorities that client certificates must come from, or empty.</summary>
    public required string TrustedCaFile { get; init; }

    /// <summary>Whether a caller without a certificate is refused.</summary>
    public required bool RequiresClientCertificate { get; init; }

    /// <summary>Path of lists of revoked certificates, or empty.</summary>
    public required string RevocationFile { get; init; }

    /// <summary>Common names, of which the other side's certificate must have one; empty: any.</summary>
    public required IReadOnlyList<string> AllowedCommonNames { get; init; }

    /// <summary>Hosts, of which the other side's certificate must be for one; empty: any.</summary>
    public required IReadOnlyList<string> AllowedHostNames { get; init; }

    /// <summary>Whether a caller whose certificate is for certain hosts must call from one of them.</summary>
    public required bool ChecksOrigin { get; init; }

    /// <summary>The versions that are spoken.</summary>
    public required SslProtocols Protocols { get; init; }

    /// <summary>The cipher suites that are offered; empty: those that the system chooses.</summary>
    public required IReadOnlyList<TlsCipherSuite> CipherSuites { get; init; }

    /// <summary>Whether the port is that of the members.</summary>
    public bool IsForMembers => FlagPrefix.Length > 0;

    /// <summary>What the flags about callers of the port begin with: <c>client-</c> or <c>peer-</c>.</summary>
    public string CallerPrefix => IsForMembers ? FlagPrefix : "client-";
}
