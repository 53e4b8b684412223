using Sync.Raft.Messages;
using Sync.Raft.Quorum;

namespace Sync.Raft.Roles;

/// <summary>
/// Asks whether it could win an election, and stands only if it could; its term stays as it is. Source: Raft
/// thesis, section 9.6.
/// </summary>
internal sealed class PreCandidate : Role
{
    private readonly VoteTally _tally;
    private readonly ElectionTimer _timer;

    private PreCandidate(MemberState member)
        : base(member)
    {
        _tally = new VoteTally(member.Configuration);
        _timer = member.StartElectionTimer();
    }

    /// <inheritdoc/>
    public override RoleKind Kind => RoleKind.PreCandidate;

    /// <summary>Asks the other voters; a single voter stands for election at once.</summary>
    public static Role Stand(MemberState member)
    {
        var role = new PreCandidate(member);
        foreach (var voter in member.Configuration.AllVoters)
        {
            if (voter != member.Self)
            {
                member.Outbox.Send(new PreVoteRequest(
                    member.Self,
                    voter,
                    member.Term.Next,
                    member.Log.LastIndex,
                    member.Log.LastTerm,
                    member.Log.CommitToTell,
                    member.Log.CommitTermToTell));
            }
        }

        return role.Count(member.Self, isGranted: true);
    }

    /// <inheritdoc/>
    public override Role Tick() => _timer.Tick() ? Stand(Member) : this;

    /// <inheritdoc/>
    // Whoever gave its vote away waits for the outcome.
    public override Role Voted() => new Follower(Member, MemberId.None);

    /// <inheritdoc/>
    // The votes were asked for under another configuration.
    public override Role Reconfigured() => new Follower(Member, MemberId.None);

    /// <inheritdoc/>
    public override Role Step(Message message)
    {
        switch (message)
        {
            case PreVoteResponse response:
                return Count(response.From, response.IsGranted);
            case AppendRequest or HeartbeatRequest:
                return new Follower(Member, message.From).Step(message);
            case TimeoutNow:
                return Candidate.Stand(Member, isTransfer: true);
            default:
                return this;
        }
    }

    private Role Count(MemberId voter, bool isGranted)
    {
        _tally.Record(voter, isGranted);
        return _tally.Result switch
        {
            VoteResult.Pending => this,
            VoteResult.Won => Candidate.Stand(Member, isTransfer: false),
            VoteResult.Lost => new Follower(Member, MemberId.None),
        };
    }
}
