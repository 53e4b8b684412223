using Sync.Raft.Messages;
using Sync.Raft.Quorum;

namespace Sync.Raft.Roles;

/// <summary>Stands for election in a term of its own. Source: Raft paper, section 5.2.</summary>
internal sealed class Candidate : Role
{
    private readonly VoteTally _tally;
    private readonly ElectionTimer _timer;

    private Candidate(MemberState member)
        : base(member)
    {
        _tally = new VoteTally(member.Configuration);
        _timer = member.StartElectionTimer();
    }

    /// <inheritdoc/>
    public override RoleKind Kind => RoleKind.Candidate;

    /// <summary>Begins a new term, votes for itself and asks the others for their votes.</summary>
    /// <param name="member">The member, which may stand.</param>
    /// <param name="isTransfer">Whether the leader asked for this election.</param>
    public static Candidate Stand(MemberState member, bool isTransfer)
    {
        member.EnterTerm(member.Term.Next);
        member.VoteFor(member.Self);
        foreach (var voter in member.Configuration.AllVoters)
        {
            if (voter != member.Self)
            {
                member.Outbox.Send(new VoteRequest(
                    member.Self,
                    voter,
                    member.Term,
                    member.Log.LastIndex,
                    member.Log.LastTerm,
                    isTransfer,
                    member.Log.CommitToTell,
                    member.Log.CommitTermToTell));
            }
        }

        return new Candidate(member);
    }

    /// <inheritdoc/>
    public override Role Tick() => _timer.Tick() ? Election.Begin(Member, this) : this;

    /// <inheritdoc/>
    // The own vote counts when it would survive a crash, like everybody's.
    public override Role Persisted() => Member.IsVoteDurable ? Count(Member.Self, isGranted: true) : this;

    /// <inheritdoc/>
    public override Role Step(Message message)
    {
        switch (message)
        {
            case VoteResponse response:
                return Count(response.From, response.IsGranted);
            case AppendRequest or HeartbeatRequest:
                return new Follower(Member, message.From).Step(message);
            default:
                return this;
        }
    }

    /// <inheritdoc/>
    // The votes were asked for under another configuration.
    public override Role Reconfigured() => new Follower(Member, MemberId.None);

    private Role Count(MemberId voter, bool isGranted)
    {
        _tally.Record(voter, isGranted);
        return _tally.Result switch
        {
            VoteResult.Pending => this,
            VoteResult.Won => new Leader(Member),
            VoteResult.Lost => new Follower(Member, MemberId.None),
        };
    }
}
