namespace Sync.Etcd.Client.Connections;

/// <summary>How to reach a store: where, as whom, over which transport, and how long to wait.</summary>
public sealed record EtcdClientOptions
{
    /// <summary>
    /// One address or more, <c>[scheme://]host[:port]</c>; the port is 2379 when absent. The first that
    /// answers is used until it fails, then the next in turn.
    /// </summary>
    public required IReadOnlyList<string> Endpoints { get; init; }

    /// <summary>What an address without a scheme means; default <see cref="EndpointScheme.Http"/>.</summary>
    public EndpointScheme DefaultScheme { get; init; } = EndpointScheme.Http;

    /// <summary>Name and password for stores with authentication on; null sends none.</summary>
    public EtcdCredentials? Credentials { get; init; }

    /// <summary>Certificates for <c>https</c> addresses; null trusts what the machine trusts.</summary>
    public TlsFiles? Tls { get; init; }

    /// <summary>Longest wait for a connection to one address; default 2 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Longest time of one unary call, its retries and other addresses included; default 5 s. A call that
    /// sets a deadline of its own keeps that one.
    /// </summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// With several addresses, how long one may leave a read unanswered before the next is asked; default 2 s.
    /// </summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How often a connection with open calls is probed, at least 5 s lest the server close it; default 10 s.
    /// </summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a probe may stay unanswered before the connection is given up; default 5 s.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Waiting times between attempts.</summary>
    public BackoffSettings Backoff { get; init; } = new();

    /// <summary>Largest answer accepted, in bytes; default 2,147,483,647.</summary>
    public int ReceiveBytesMax { get; init; } = int.MaxValue;
}
