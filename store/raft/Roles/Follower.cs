using Sync.Raft.Membership;
using Sync.Raft.Messages;
using Sync.Raft.Reads;
using Sync.Raft.Snapshots;

namespace Sync.Raft.Roles;

/// <summary>
/// Takes entries from the leader and stands for election when it hears none. Source: Raft paper, section 5.2.
/// </summary>
/// <param name="member">What stays when the role changes.</param>
/// <param name="leader">The leader of the term if it is known.</param>
/// <param name="mayHaveHeard">
/// Whether it may have heard a leader just before it stopped, so that it turns candidates away as if it had: a
/// leader may count on that.
/// </param>
internal sealed class Follower(MemberState member, MemberId leader, bool mayHaveHeard = false) : Role(member)
{
    private readonly ElectionTimer _timer = member.StartElectionTimer();
    private MemberId _leader = leader;
    private bool _mayHaveHeard = mayHaveHeard;

    /// <inheritdoc/>
    public override RoleKind Kind => RoleKind.Follower;

    /// <inheritdoc/>
    public override MemberId KnownLeader => _leader;

    /// <inheritdoc/>
    public override bool IsLeaderAlive =>
        (_mayHaveHeard || _leader != MemberId.None) && _timer.ElapsedTicks < Member.Settings.ElectionTicks;

    /// <inheritdoc/>
    public override Role Tick()
    {
        if (!_timer.Tick())
        {
            return this;
        }

        // A member that may not stand must not go on turning away those that may.
        _timer.Restart();
        _mayHaveHeard = false;
        _leader = MemberId.None;
        return Election.Begin(Member, this);
    }

    /// <inheritdoc/>
    // It waits on: a candidate that nobody votes for could keep all others from standing by being the first each time.
    public override Role Outdated()
    {
        _mayHaveHeard = false;
        _leader = MemberId.None;
        return this;
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

                // Who leads and was removed leaves when a majority has answered that it knows, even after a crash.
                if (!Member.Log.HasUnsecuredChange)
                {
                    Member.Outbox.Send(
                        new HeartbeatResponse(Member.Self, request.From, Member.Term, request.Round));
                }

                return this;
            case ReadIndexResponse response:
                Member.ReadStates.Add(new ReadState(response.Index, response.Context));
                return this;
            case TimeoutNow:
                return Member.MayStand ? Candidate.Stand(Member, isTransfer: true) : this;
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

    /// <inheritdoc/>
    public override Role Offered(SnapshotOffer offer, out SnapshotVerdict verdict)
    {
        Follow(offer.From);
        var (log, snapshot) = (Member.Log, offer.Snapshot);
        if (snapshot.Index <= log.Commit)
        {
            verdict = SnapshotVerdict.Stale;
            Accept(offer, log.Commit);
        }
        else if (log.IsInstalling)
        {
            verdict = SnapshotVerdict.InstallingAnother;
        }
        else if (log.TermAt(snapshot.Index) == snapshot.Term)
        {
            verdict = SnapshotVerdict.InLogAlready;
            log.CommitTo(snapshot.Index);
            Accept(offer, snapshot.Index);
        }
        else
        {
            verdict = SnapshotVerdict.Accepted;
            Member.Install(snapshot);
            Accept(offer, snapshot.Index);
        }

        return this;
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
        if (Member.Configuration == GroupConfiguration.Unknown && !log.IsInstalling)
        {
            Member.Outbox.Send(new AppendRejected(
                Member.Self, request.From, Member.Term, request.PreviousIndex, LogIndex.None, Term.None,
                NeedsSnapshot: true));
        }
        else if (request.PreviousIndex < log.Commit)
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

    private void Accept(Message request, LogIndex match) =>
        Member.Outbox.Send(new AppendAccepted(Member.Self, request.From, Member.Term, match));
}
