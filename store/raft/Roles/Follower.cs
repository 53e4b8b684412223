using Sync.Raft.Messages;
using Sync.Raft.Reads;

namespace Sync.Raft.Roles;

/// <summary>
/// Takes entries from the leader and stands for election when it hears none. Source: Raft paper, section 5.2.
/// </summary>
/// <param name="member">What stays when the role changes.</param>
/// <param name="leader">The leader of the term if it is known.</param>
internal sealed class Follower(MemberState member, MemberId leader) : Role(member)
{
    private readonly ElectionTimer _timer = member.StartElectionTimer();
    private MemberId _leader = leader;

    /// <inheritdoc/>
    public override RoleKind Kind => RoleKind.Follower;

    /// <inheritdoc/>
    public override MemberId KnownLeader => _leader;

    /// <inheritdoc/>
    public override bool IsLeaderAlive =>
        _leader != MemberId.None && _timer.ElapsedTicks < Member.Settings.ElectionTicks;

    /// <inheritdoc/>
    public override Role Tick()
    {
        if (!_timer.Tick())
        {
            return this;
        }

        _timer.Restart();
        return Election.Begin(Member, this);
    }

    /// <inheritdoc/>
    public override Role Voted()
    {
        _timer.Restart();
        return this;
    }

    /// <inheritdoc/>
    public override Role Step(Message message)
    {
        switch (message)
        {
            case AppendRequest request:
                Follow(request.From);
                Append(request);
                return this;
            case HeartbeatRequest request:
                Follow(request.From);
                Member.Log.CommitTo(request.Commit);
                Member.Outbox.Send(
                    new HeartbeatResponse(Member.Self, request.From, Member.Term, request.Round));
                return this;
            case ReadIndexResponse response:
                Member.ReadStates.Add(new ReadState(response.Index, response.Context));
                return this;
            case TimeoutNow:
                return Member.IsVoter ? Candidate.Stand(Member, isTransfer: true) : this;
            default:
                return this;
        }
    }

    /// <inheritdoc/>
    public override bool Read(ReadContext context)
    {
        if (_leader == MemberId.None)
        {
            return false;
        }

        Member.Outbox.Send(new ReadIndexRequest(Member.Self, _leader, Member.Term, context));
        return true;
    }

    private void Follow(MemberId leader)
    {
        Invariant.Require(_leader == MemberId.None || _leader == leader,
            $"a term has one leader: {_leader} leads term {Member.Term}, {leader} speaks as leader");
        _leader = leader;
        _timer.Restart();
    }

    private void Append(AppendRequest request)
    {
        var log = Member.Log;
        if (request.PreviousIndex < log.Commit)
        {
            // A message from the past: all that it could bring up to here is committed.
            Accept(request, log.Commit);
        }
        else if (log.TermAt(request.PreviousIndex) == request.PreviousTerm)
        {
            log.TakeOver(request.Entries.Span, Member.Writes);
            var last = request.PreviousIndex + request.Entries.Length;
            log.CommitTo(LogIndex.Min(request.Commit, last));
            Accept(request, last);
        }
        else
        {
            var (hintIndex, hintTerm) = log.LastNotNewerThan(request.PreviousTerm, request.PreviousIndex);
            Member.Outbox.Send(new AppendRejected(
                Member.Self, request.From, Member.Term, request.PreviousIndex, hintIndex, hintTerm));
        }
    }

    private void Accept(AppendRequest request, LogIndex match) =>
        Member.Outbox.Send(new AppendAccepted(Member.Self, request.From, Member.Term, match));
}
