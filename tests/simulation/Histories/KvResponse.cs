namespace Sync.Simulation.Histories;

/// <summary>A key with its value and history numbers.</summary>
internal sealed record KvPair(string Key, string Value, long Create, long Mod, long Version, long Lease);

/// <summary>
/// What a client is told. <c>Revision</c> is the header's; 0 inside a transaction and where none is told. A closed
/// family.
/// </summary>
internal abstract record KvResponse(long Revision)
{
    internal sealed record Done(long Revision, KvPair? Previous) : KvResponse(Revision);

    internal sealed record Deleted(long Revision, Items<KvPair> Previous) : KvResponse(Revision);

    internal sealed record Got(long Revision, Items<KvPair> Pairs) : KvResponse(Revision);

    internal sealed record Ran(long Revision, bool Succeeded, Items<KvResponse> Responses) : KvResponse(Revision);

    internal sealed record Compacted(long Revision) : KvResponse(Revision);

    internal sealed record Granted(long Revision) : KvResponse(Revision);

    internal sealed record Revoked(long Revision) : KvResponse(Revision);

    /// <summary>A renewal's answer: whether the lease was there.</summary>
    internal sealed record KeptAlive(bool IsAlive) : KvResponse(0);

    /// <summary>The keyspace refused the request; it changed nothing.</summary>
    internal sealed record Refused(KvRefusal Reason) : KvResponse(0);
}

/// <summary>Why a request was refused.</summary>
internal enum KvRefusal
{
    LeaseNotFound = 1,
    LeaseExists,
    Compacted,
    FutureRevision,

    /// <summary>An alarm says that space is used up.</summary>
    NoSpace,

    /// <summary>An alarm says that the data of members differs.</summary>
    Corrupt,
}
