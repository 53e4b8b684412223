namespace Sync.Etcd.Client.Connections;

/// <summary>The transport of an address that names none.</summary>
public enum EndpointScheme
{
    /// <summary>HTTP/2 in clear text.</summary>
    Http,

    /// <summary>HTTP/2 over TLS.</summary>
    Https,
}
