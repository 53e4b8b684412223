using Sync.Raft.Membership;
using Sync.Raft.Messages;
using Sync.Raft.Progress;
using Sync.Raft.Proposals;
using Sync.Raft.Reads;
using Sync.Raft.Snapshots;

namespace Sync.Raft.Roles;

/// <summary>
/// What a member is, with the state that exists only while it is that. What happens to it returns its next
/// role, often itself. The term rule (paper, section 5.1) and votes come before it, in
/// <see cref="Consensus.Step"/>: a message that arrives here is of this member's term, or grants a pre-vote
/// for the next one.
/// </summary>
/// <param name="member">What stays when the role changes.</param>
internal abstract class Role(MemberState member)
{
    /// <summary>Which role it is.</summary>
    public abstract RoleKind Kind { get; }

    /// <summary>The leader of the term as far as it is known.</summary>
    public virtual MemberId KnownLeader => MemberId.None;

    /// <summary>Whether a leader was heard so lately that an election would only disturb it.</summary>
    public virtual bool IsLeaderAlive => false;

    /// <summary>Payload bytes that wait to be committed.</summary>
    public virtual long UncommittedBytes => 0;

    /// <summary>How far the others are; a leader's matter.</summary>
    public virtual IReadOnlyList<FollowerStatus> Followers => [];

    /// <summary>Whether <see cref="SendDue"/> would send or answer something.</summary>
    public virtual bool HasDue => false;

    /// <summary>What stays when the role changes.</summary>
    protected MemberState Member { get; } = member;

    /// <summary>Lets a tick pass.</summary>
    public abstract Role Tick();

    /// <summary>Takes in a message of this term that is not a request for a vote.</summary>
    public abstract Role Step(Message message);

    /// <summary>Takes note that a newer term has begun, of which no leader is known.</summary>
    public virtual Role Outdated() => new Follower(Member, MemberId.None);

    /// <summary>Takes note that this member's vote for a candidate was just given.</summary>
    public virtual Role Voted() => this;

    /// <summary>Takes note that a write of this member became durable.</summary>
    public virtual Role Persisted() => this;

    /// <summary>Stands for election now.</summary>
    public virtual Role Campaign() => Election.Begin(Member, this);

    /// <summary>Sends what piled up during a turn, just before it is taken away.</summary>
    public virtual void SendDue()
    {
    }

    /// <summary>Appends payloads.</summary>
    public virtual ProposalOutcome Propose(ReadOnlySpan<ReadOnlyMemory<byte>> payloads) =>
        new ProposalOutcome.NotLeader(KnownLeader);

    /// <summary>Asks for the index of a read.</summary>
    /// <returns>False when there is nobody to ask.</returns>
    public virtual bool Read(ReadContext context) => false;

    /// <summary>Hands leadership over.</summary>
    public virtual TransferOutcome TransferTo(MemberId successor) =>
        new TransferOutcome.NotLeader(KnownLeader);

    /// <summary>Proposes a change of the configuration.</summary>
    public virtual ProposalOutcome Propose(ConfigurationChange change) =>
        new ProposalOutcome.NotLeader(KnownLeader);

    /// <summary>Takes note that <see cref="MemberState.Configuration"/> is another one now.</summary>
    public virtual Role Reconfigured() => this;

    /// <summary>Puts a snapshot in place of the log, unless that holds as much already.</summary>
    /// <param name="offer">Of this term.</param>
    /// <param name="verdict">What becomes of it.</param>
    /// <returns>The next role.</returns>
    public virtual Role Offered(SnapshotOffer offer, out SnapshotVerdict verdict) =>
        new Follower(Member, offer.From).Offered(offer, out verdict);

    /// <summary>Takes note that the sending of a snapshot ended.</summary>
    public virtual void SnapshotEnded(MemberId peer, SnapshotOutcome outcome)
    {
    }

    /// <summary>Takes note that a message to a peer was lost.</summary>
    public virtual void Unreachable(MemberId peer)
    {
    }
}
