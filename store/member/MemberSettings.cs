using Sync.Member.Membership;
using Sync.Mvcc.Leases;

namespace Sync.Member;

/// <summary>What one member is told at its start. Times are in ticks of its owner unless named otherwise.</summary>
public sealed record MemberSettings
{
    /// <summary>This member as it shall be known to the cluster.</summary>
    public required ClusterMember Self { get; init; }

    /// <summary>How long a member hears no leader before it stands for election, as its consensus was told.</summary>
    public int ElectionTicks { get; init; } = 10;

    /// <summary>How long a request may wait. etcd waits five seconds and two election timeouts.</summary>
    public required int RequestTimeoutTicks { get; init; }

    /// <summary>After how long an unanswered read question is asked again.</summary>
    public required int ReadRetryTicks { get; init; }

    /// <summary>How long the log is kept for a follower that goes on after a snapshot.</summary>
    public int CatchUpTicks { get; init; } = 6000;

    /// <summary>The most writes, and the most reads, that wait at one time; more are refused.</summary>
    public int WaitingRequestsMax { get; init; } = 65_536;

    /// <summary>The most bytes of writes that wait at one time; more are refused.</summary>
    public long WaitingBytesMax { get; init; } = 256L * 1024 * 1024;

    /// <summary>Between two looks at what leases are due: those to revoke, those whose remaining time to write down.</summary>
    public required int LeaseCheckTicks { get; init; }

    /// <summary>What a new leader adds to each lease, in milliseconds: the longest time without a leader.</summary>
    public required long LeaseExtensionMilliseconds { get; init; }

    /// <summary>How the member spends proposals on its leases.</summary>
    public LessorSettings Leases { get; init; } = new();

    /// <summary>The most leases that one check revokes.</summary>
    public int LeaseExpiriesMax { get; init; } = 500;

    /// <summary>The most leases in one entry of remaining times.</summary>
    public int LeaseCheckpointEntriesMax { get; init; } = 1000;

    /// <summary>About how many compacted changes one turn looks at.</summary>
    public int RemovalsPerTurnMax { get; init; } = 1000;

    /// <summary>
    /// A number that no earlier run of this member used; its requests and read questions are told apart from those of
    /// earlier runs by it.
    /// </summary>
    public required ulong Run { get; init; }
}
