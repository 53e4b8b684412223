using Sync.Member.Membership;
using Sync.Raft;
using Sync.Raft.Membership;
using Sync.Raft.Roles;

namespace Sync.Member;

/// <summary>Where a member stands. An immutable value for any thread.</summary>
/// <param name="Role">What it is in its group.</param>
/// <param name="Term">Its term.</param>
/// <param name="Leader">The leader it knows, or none.</param>
/// <param name="LastIndex">The last entry of its log.</param>
/// <param name="Applied">The last entry in its state.</param>
/// <param name="Members">All members of the cluster.</param>
/// <param name="Configuration">Who votes and who listens, as of the last entry applied.</param>
/// <param name="ServesReadsAlone">
/// Whether its published view holds every acknowledged write, without asking anyone: it is the only voter, it
/// leads, and it has applied an entry of its term.
/// </param>
public sealed record MemberStatus(
    RoleKind Role,
    Term Term,
    MemberId Leader,
    LogIndex LastIndex,
    LogIndex Applied,
    ClusterMembers Members,
    GroupConfiguration Configuration,
    bool ServesReadsAlone)
{
    /// <summary>This member.</summary>
    public required MemberId Self { get; init; }

    /// <summary>Whether this member takes entries and has no vote.</summary>
    public bool IsLearner => Members.Find(Self) is { IsLearner: true };
}
