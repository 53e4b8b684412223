namespace Sync.Simulation.Histories;

/// <summary>What a client asks for, in plain words: keys and values are ASCII text. A closed family.</summary>
internal abstract record KvRequest
{
    /// <summary>Whether it can change something, so that it goes through the log.</summary>
    public virtual bool IsWrite => true;

    /// <summary>Gives a key a value; the answer carries the pair before.</summary>
    internal sealed record Put(string Key, string Value, long Lease = 0) : KvRequest;

    /// <summary>Deletes <c>[Key, End)</c>, or one key when there is no end; the answer carries the pairs.</summary>
    internal sealed record Delete(string Key, string? End = null) : KvRequest;

    /// <summary>Reads <c>[Key, End)</c>, or one key when there is no end, linearizably.</summary>
    internal sealed record Get(string Key, string? End = null) : KvRequest
    {
        public override bool IsWrite => false;
    }

    /// <summary>Reads at a past revision, or, at 0, at the newest that the asked member has, without confirmation.</summary>
    internal sealed record LocalGet(string Key, string? End, long Revision) : KvRequest
    {
        public override bool IsWrite => false;
    }

    /// <summary>Runs one of two lists.</summary>
    internal sealed record Txn(Items<KvCompare> Compares, Items<KvRequest> Success, Items<KvRequest> Failure) : KvRequest;

    /// <summary>Forgets what was overwritten before a revision.</summary>
    internal sealed record Compact(long Revision) : KvRequest;

    /// <summary>Makes a lease.</summary>
    internal sealed record Grant(long Lease, long TtlSeconds) : KvRequest;

    /// <summary>Ends a lease and deletes its keys.</summary>
    internal sealed record Revoke(long Lease) : KvRequest;

    /// <summary>Renews a lease.</summary>
    internal sealed record KeepAlive(long Lease) : KvRequest
    {
        public override bool IsWrite => false;
    }
}

/// <summary>A condition: the value equals, or, without a value, the mod revision equals a number, 0 for no key.</summary>
internal sealed record KvCompare(string Key, string? Value, long ModRevision = 0);
