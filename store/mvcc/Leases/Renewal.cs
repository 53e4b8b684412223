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
