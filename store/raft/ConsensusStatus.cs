using Sync.Raft.Membership;
using Sync.Raft.Progress;
using Sync.Raft.Roles;

namespace Sync.Raft;

/// <summary>Where one member stands, at one moment.</summary>
public sealed record ConsensusStatus
{
    /// <summary>This member.</summary>
    public required MemberId Member { get; init; }

    /// <summary>What it is.</summary>
    public required RoleKind Role { get; init; }

    /// <summary>Its term.</summary>
    public required Term Term { get; init; }

    /// <summary>Who received its vote in that term, or <see cref="MemberId.None"/>.</summary>
    public required MemberId Vote { get; init; }

    /// <summary>The leader as far as it knows, or <see cref="MemberId.None"/>.</summary>
    public required MemberId Leader { get; init; }

    /// <summary>Who votes and who listens.</summary>
    public required GroupConfiguration Configuration { get; init; }

    /// <summary>The last entry of its log, durable or not.</summary>
    public required LogIndex LastIndex { get; init; }

    /// <summary>The last entry that is durable here.</summary>
    public required LogIndex Persisted { get; init; }

    /// <summary>The last entry known to be committed; it may not be durable here yet.</summary>
    public required LogIndex Commit { get; init; }

    /// <summary>The last entry reported as applied.</summary>
    public required LogIndex Applied { get; init; }

    /// <summary>Payload bytes that wait to be committed; 0 unless it leads.</summary>
    public required long UncommittedBytes { get; init; }

    /// <summary>How far each other member is, by ascending id; empty unless it leads.</summary>
    public required IReadOnlyList<FollowerStatus> Followers { get; init; }
}
