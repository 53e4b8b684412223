namespace Sync.Store.Options;

/// <summary>Certificates of the client port.</summary>
/// <param name="CertificateFile">Path of the server's certificate chain, PEM.</param>
/// <param name="KeyFile">Path of its private key, PEM.</param>
/// <param name="TrustedCaFile">Path of the authorities that client certificates must come from, or empty.</param>
/// <param name="RequiresClientCertificate">Whether a client without a certificate is refused.</param>
internal sealed record TlsSettings(
    string CertificateFile, string KeyFile, string TrustedCaFile, bool RequiresClientCertificate);
