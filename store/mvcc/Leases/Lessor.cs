using Sync.Mvcc.Commands;

namespace Sync.Mvcc.Leases;

/// <summary>What became of a renewal.</summary>
public enum RenewalKind
{
    /// <summary>The lease has its whole time again.</summary>
    Renewed,

    /// <summary>There is no such lease: answer with a time to live of 0.</summary>
    Unknown,

    /// <summary>The lease is past its deadline: wait for its revocation, then answer 0.</summary>
    Expired,

    /// <summary>
    /// A remaining time is written down: propose a <see cref="LeaseCheckpointCommand"/> with 0 s for the
    /// lease, and renew again when it is applied. Otherwise the next leader could end the lease too early.
    /// </summary>
    ClearCheckpointFirst,

    /// <summary>This member does not lead: only a leader renews.</summary>
    NotLeader,
}

/// <summary>The answer to a renewal.</summary>
/// <param name="Kind">What became of it.</param>
/// <param name="TtlSeconds">The granted time to live, when renewed; otherwise 0.</param>
public readonly record struct Renewal(RenewalKind Kind, long TtlSeconds);

/// <summary>
/// A leader's clock over its leases: when each ends, which have ended, which are renewed. Members that do not
/// lead know their leases and let none expire. Fed from applied commands.
/// </summary>
/// <remarks>Owned by one loop. Times are milliseconds of one monotonic clock, passed in.</remarks>
public sealed class Lessor
{
    /// <summary>Whether this member leads.</summary>
    public bool IsLeading => throw new NotImplementedException();

    /// <summary>How many leases it knows.</summary>
    public int Count => throw new NotImplementedException();

    /// <summary>When the earliest lease may have to be expired; null when there is none or while not leading.</summary>
    public long? NextDeadlineMilliseconds => throw new NotImplementedException();

    /// <summary>Takes over all leases of a keyspace, forgetting others; for a start and a received snapshot.</summary>
    public void Load(IEnumerable<LeaseState> leases, long nowMilliseconds) => throw new NotImplementedException();

    /// <summary>Hears of an applied grant.</summary>
    public void Granted(LeaseId lease, long ttlSeconds, long nowMilliseconds) =>
        throw new NotImplementedException();

    /// <summary>Hears of an applied revocation.</summary>
    public void Revoked(LeaseId lease) => throw new NotImplementedException();

    /// <summary>Hears of an applied checkpoint of remaining times.</summary>
    public void Checkpointed(LeaseCheckpointCommand checkpoint) => throw new NotImplementedException();

    /// <summary>Begins to lead: each lease ends its whole (or written down remaining) time plus the extension from now.</summary>
    public void Promote(long nowMilliseconds, long extensionMilliseconds) => throw new NotImplementedException();

    /// <summary>Leads no more: nothing expires until the next promotion.</summary>
    public void Demote() => throw new NotImplementedException();

    /// <summary>Gives a lease its whole time again.</summary>
    public Renewal Renew(LeaseId lease, long nowMilliseconds) => throw new NotImplementedException();

    /// <summary>The time that a lease has left.</summary>
    /// <returns>Whole seconds rounded down, negative when overdue; null when unknown or while not leading.</returns>
    public long? RemainingSeconds(LeaseId lease, long nowMilliseconds) => throw new NotImplementedException();

    /// <summary>Takes leases that are past their deadline, earliest first, for their revocation to be proposed.</summary>
    /// <param name="nowMilliseconds">The time.</param>
    /// <param name="leasesMax">The most to take.</param>
    /// <param name="retryMilliseconds">After which one that is still there is taken again.</param>
    public IReadOnlyList<LeaseId> TakeExpired(long nowMilliseconds, int leasesMax, long retryMilliseconds) =>
        throw new NotImplementedException();

    /// <summary>The remaining times that are worth writing down.</summary>
    /// <param name="nowMilliseconds">The time.</param>
    /// <param name="leasesMax">The most entries of one checkpoint.</param>
    /// <returns>The entries; empty when there is nothing to write.</returns>
    public IReadOnlyList<LeaseRemaining> TakeCheckpoint(long nowMilliseconds, int leasesMax) =>
        throw new NotImplementedException();

    /// <summary>All leases; while leading, those that end first come first, otherwise by ID.</summary>
    public IReadOnlyList<LeaseId> List() => throw new NotImplementedException();
}
