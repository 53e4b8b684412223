namespace Sync.Store.Options;

/// <summary>Certificates of the client port or of the peer port.</summary>
/// <param name="FlagPrefix">What the flags of the port begin with: nothing, or <c>peer-</c>.</param>
/// <param name="CertificateFile">Path of the server's certificate chain, PEM.</param>
/// <param name="KeyFile">Path of its private key, PEM.</param>
/// <param name="TrustedCaFile">Path of the authorities that client certificates must come from, or empty.</param>
/// <param name="RequiresClientCertificate">Whether a caller without a certificate is refused.</param>
internal sealed record TlsSettings(
    string FlagPrefix, string CertificateFile, string KeyFile, string TrustedCaFile, bool RequiresClientCertificate);
