namespace Sync.Mvcc.Leases;

/// <summary>The bounds of a lease's time to live, in seconds.</summary>
public static class LeaseTtl
{
    /// <summary>The longest time to live that a grant may ask for: 9,000,000,000 s.</summary>
    /// Source: etcd, lease/lessor.go, MaxLeaseTTL.
    public const long Longest = 9_000_000_000;

    /// <summary>The shortest time to live that is safe with an election timeout: one and a half of it.</summary>
    /// <param name="electionTimeoutMilliseconds">The longest time that a group may be without a leader.</param>
    /// <returns>Whole seconds, rounded up; 2 for an election timeout of 1,000 ms.</returns>
    /// Source: etcd, server/etcdserver/server.go, minTTL.
    public static long ShortestFor(long electionTimeoutMilliseconds) =>
        ((3 * electionTimeoutMilliseconds / 2) + 999) / 1000;
}
