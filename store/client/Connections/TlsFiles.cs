namespace Sync.Etcd.Client.Connections;

/// <summary>Certificates of a TLS connection, as PEM files that are read when the client is made.</summary>
public sealed record TlsFiles
{
    /// <summary>The authorities to trust instead of the machine's; null keeps the machine's.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>The client's certificate; null sends none. Needs <see cref="KeyFile"/>.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>The private key of <see cref="CertificateFile"/>.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The name the server's certificate must bear; null takes the address's host.</summary>
    public string? ServerName { get; init; }

    /// <summary>Accepts any server certificate. For trials only: nobody is kept from listening in.</summary>
    public bool AcceptAnyServerCertificate { get; init; }
}
