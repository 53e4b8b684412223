using Grpc.Core;

namespace Sync.Etcd.Client.Connections;

/// <summary>What every part of a client shares: the endpoints, the token, the settings and the clock.</summary>
internal sealed record StoreAccess(EndpointRing Ring, SignIn SignIn, EtcdClientOptions Options, TimeProvider Time)
{
    /// <summary>The waits of this client's settings, with chance.</summary>
    /// <param name="failures">Failures in a row, from 1.</param>
    public TimeSpan WaitAfter(int failures) =>
        Backoff.After(failures, Options.Backoff, Random.Shared.NextDouble());

    /// <summary>The metadata of a stream that should end when its member has lost the cluster's leader.</summary>
    public static CallOptions WithLeader(CancellationToken cancellation) =>
        new(new Metadata { { "hasleader", "true" } }, cancellationToken: cancellation);
}
