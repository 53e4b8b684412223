using Sync.Metad.Model.Paths;

namespace Sync.Metad.Options;

/// <summary>What an operator may set about who callers are and what is refused. <see cref="SafetyFlags"/> names the settings.</summary>
internal sealed class SafetyOptions
{
    /// <summary>The safe profile: refuses what a stock client may still do; default false.</summary>
    public bool IsHardened { get; set; }

    /// <summary>A file of secrets, the proxies' among them, that sign who they speak for; null believes no signature.</summary>
    public string? ProxySecretFile { get; set; }

    /// <summary>How far the time of a signature may be from now, both ways; default 30 s.</summary>
    public TimeSpan ProxySignatureAge { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The socket of a Docker daemon that tells whose an address is; null asks none.</summary>
    public string? DockerSocket { get; set; }

    /// <summary>The socket of a CRI runtime that tells whose an address is; null asks none.</summary>
    public string? CriSocket { get; set; }

    /// <summary>The data path at or below which labels of containers may map them; null passes labels over.</summary>
    public MetadataPath? ContainerLabels { get; set; }

    /// <summary>How long a caller without rules and mapping is waited for before its 404; default 0, not at all.</summary>
    public TimeSpan IdentityWait { get; set; } = TimeSpan.Zero;

    /// <summary>Whether callers show session tokens; default off.</summary>
    public SessionTokenMode SessionTokens { get; set; } = SessionTokenMode.Off;

    /// <summary>A file of keys for session tokens; null makes one for the life of the process.</summary>
    public string? SessionTokenKeyFile { get; set; }

    /// <summary>The IP time to live of the packets that carry a session token, 1 to 64; default 1.</summary>
    public int TokenHopLimit { get; set; } = 1;

    /// <summary>A PEM file with the key that signs documents about callers; null signs none.</summary>
    public string? AttestedKeyFile { get; set; }

    /// <summary>Whom these documents say that they are from; default metad.</summary>
    public string AttestedIssuer { get; set; } = "metad";

    /// <summary>A header that every read must have; null asks for none.</summary>
    public KeyValuePair<string, string>? GuardHeader { get; set; }

    /// <summary>Names that this server goes by, beside addresses, localhost and the machine's own name.</summary>
    public List<string> AllowedHosts { get; } = [];

    /// <summary>Requests for other names are refused whoever sends them, not browsers' alone; default false.</summary>
    public bool IsEveryHostChecked { get; set; }

    /// <summary>Paths with empty or dot segments, escaped slashes or control characters are refused; default false.</summary>
    public bool IsPathStrict { get; set; }

    /// <summary>The longest that a request may wait; default 0, without end.</summary>
    public TimeSpan WaitMax { get; set; } = TimeSpan.Zero;

    /// <summary>The most connections of each API at one time; default 100,000.</summary>
    public int ConnectionsMax { get; set; } = 100_000;

    /// <summary>The most connections of one address at one time; default 0, without limit.</summary>
    public int ConnectionsPerClientMax { get; set; }

    /// <summary>The most bytes of a request's headers; default 32,768.</summary>
    public int HeaderBytesMax { get; set; } = 32 * 1024;

    /// <summary>The most headers of a request; default 100.</summary>
    public int HeadersMax { get; set; } = 100;

    /// <summary>A PEM file with the certificate of the metadata API; null serves it without TLS.</summary>
    public string? TlsCert { get; set; }

    /// <summary>The PEM file of that certificate's key.</summary>
    public string? TlsKey { get; set; }

    /// <summary>A PEM file with the certificate of the manage API; null serves it without TLS.</summary>
    public string? ManageTlsCert { get; set; }

    /// <summary>The PEM file of that certificate's key.</summary>
    public string? ManageTlsKey { get; set; }

    /// <summary>A PEM file of the authorities whose certificates may manage; null asks for no certificate.</summary>
    public string? ManageClientCa { get; set; }

    /// <summary>The names that such a certificate must have one of; empty takes every certificate.</summary>
    public List<string> ManageClientNames { get; } = [];

    /// <summary>A file of tokens that may manage, one a line; null asks for no token.</summary>
    public string? ManageTokenFile { get; set; }

    /// <summary>Users that may manage at a Unix socket, beside root and the program's own.</summary>
    public List<uint> ManageUsers { get; } = [];

    /// <summary>Where denials are written: <c>off</c>, <c>stderr</c> or a file; default off.</summary>
    public string AuditLog { get; set; } = "off";

    /// <summary>The size at which the file of denials is put aside; default 16,777,216 bytes.</summary>
    public int AuditBytesMax { get; set; } = 16 * 1024 * 1024;

    /// <summary>States that whoever manages over a port must show something.</summary>
    public bool IsManageGuarded => ManageTokenFile is not null || ManageClientCa is not null;
}
