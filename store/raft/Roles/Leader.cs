using Sync.Raft.Log;
using Sync.Raft.Messages;
using Sync.Raft.Progress;
using Sync.Raft.Proposals;
using Sync.Raft.Reads;

namespace Sync.Raft.Roles;

/// <summary>
/// Takes proposals, replicates them and decides what is committed. Source: Raft paper, sections 5.3 and 5.4;
/// thesis, sections 3.10, 6.2 and 6.4.
/// </summary>
internal sealed class Leader : Role
{
    private readonly FollowerTable _followers;
    private readonly ProposalQuota _quota;
    private readonly ReadRounds _reads = new();
    private readonly LogIndex _firstOfTerm;
    private Succession? _succession;
    private int _ticksSinceHeartbeat;
    private int _ticksSinceQuorum;

    /// <summary>
    /// The winner of an election, who begins with an empty entry of its term. Source: Raft thesis, section
    /// 6.4.
    /// </summary>
    public Leader(MemberState member)
        : base(member)
    {
        var (log, settings) = (member.Log, member.Settings);
        var others = member.Configuration.Voters.Where(voter => voter != member.Self);
        _followers = new FollowerTable(
            others.Select(voter => new FollowerProgress(voter, log.LastIndex.Next, settings)));
        _quota = new ProposalQuota(settings.UncommittedBytesMax);
        _firstOfTerm = log.LastIndex.Next;
        log.Append(new Entry(member.Term, _firstOfTerm, EntryKind.Normal, default));
    }

    /// <inheritdoc/>
    public override RoleKind Kind => RoleKind.Leader;

    /// <inheritdoc/>
    public override MemberId KnownLeader => Member.Self;

    /// <inheritdoc/>
    // A leader that no majority answers has stepped down already.
    public override bool IsLeaderAlive => true;

    /// <inheritdoc/>
    public override long UncommittedBytes => _quota.Bytes;

    /// <inheritdoc/>
    public override IReadOnlyList<FollowerStatus> Followers => _followers.Statuses;

    /// <inheritdoc/>
    public override bool HasDue
    {
        get
        {
            if (_reads.HasWaiting && HasCommittedInTerm)
            {
                return true;
            }

            foreach (var follower in _followers.All)
            {
                if (IsDue(follower))
                {
                    return true;
                }
            }

            return false;
        }
    }

    // Before that the commit index may be behind what earlier leaders have acknowledged.
    private bool HasCommittedInTerm => Member.Log.Commit >= _firstOfTerm;

    /// <inheritdoc/>
    public override Role Campaign() => this;

    /// <inheritdoc/>
    public override Role Tick()
    {
        if (_succession is { } succession && succession.Tick())
        {
            _succession = null;
        }

        if (++_ticksSinceQuorum >= Member.Settings.ElectionTicks)
        {
            _ticksSinceQuorum = 0;
            if (Member.Settings.CheckQuorum && !_followers.TakeIsMajorityActive())
            {
                return new Follower(Member, MemberId.None);
            }
        }

        if (++_ticksSinceHeartbeat >= Member.Settings.HeartbeatTicks)
        {
            _ticksSinceHeartbeat = 0;
            foreach (var follower in _followers.All)
            {
                follower.IntervalPassed(Member.Log.FirstIndex);
            }

            SendHeartbeats();
        }

        return this;
    }

    /// <inheritdoc/>
    public override Role Step(Message message)
    {
        Invariant.Require(message is not (AppendRequest or HeartbeatRequest),
            $"a term has one leader: {Member.Self} leads term {Member.Term}, {message.From} says so too");
        if (_followers.Find(message.From) is not { } follower)
        {
            return this;
        }

        follower.IsActive = true;
        switch (message)
        {
            case AppendAccepted response:
                Accepted(follower, response.Match);
                break;
            case AppendRejected response:
                var (agreement, _) = Member.Log.LastNotNewerThan(response.HintTerm, response.HintIndex);
                follower.Rejected(response.PreviousIndex, agreement);
                break;
            case HeartbeatResponse response:
                follower.Heard(response.Round);
                AnswerConfirmedReads();
                break;
            case ReadIndexRequest request:
                _reads.Add(new PendingRead(request.From, request.Context));
                break;
        }

        return this;
    }

    /// <inheritdoc/>
    public override Role Persisted()
    {
        AdvanceCommit();
        return this;
    }

    /// <inheritdoc/>
    public override void SendDue()
    {
        if (_reads.HasWaiting && HasCommittedInTerm)
        {
            _reads.Begin(Member.Log.Commit);
            SendHeartbeats();
            AnswerConfirmedReads();
        }

        foreach (var follower in _followers.All)
        {
            while (IsDue(follower))
            {
                SendAppend(follower);
            }
        }
    }

    /// <inheritdoc/>
    public override ProposalOutcome Propose(ReadOnlySpan<ReadOnlyMemory<byte>> payloads)
    {
        if (_succession is { } succession)
        {
            return new ProposalOutcome.LeadershipMoving(succession.Successor);
        }

        var bytes = 0L;
        foreach (var payload in payloads)
        {
            Invariant.Require(!payload.IsEmpty, "a proposal is not empty: that is the leader's own entry");
            bytes += payload.Length;
        }

        if (!_quota.HasRoomFor(bytes))
        {
            return new ProposalOutcome.TooMuchUncommitted(_quota.Bytes);
        }

        var first = Member.Log.LastIndex.Next;
        var index = first;
        foreach (var payload in payloads)
        {
            Member.Log.Append(new Entry(Member.Term, index, EntryKind.Normal, payload));
            _quota.Take(payload.Length);
            index = index.Next;
        }

        return new ProposalOutcome.Accepted(Member.Term, first);
    }

    /// <inheritdoc/>
    public override bool Read(ReadContext context)
    {
        _reads.Add(new PendingRead(Member.Self, context));
        return true;
    }

    /// <inheritdoc/>
    public override TransferOutcome TransferTo(MemberId successor)
    {
        if (successor == Member.Self)
        {
            return new TransferOutcome.AlreadyLeader();
        }

        if (_followers.Find(successor) is not { } follower)
        {
            return new TransferOutcome.NotVoter();
        }

        if (_succession?.Successor != successor)
        {
            _succession = new Succession(successor, Member.Settings.ElectionTicks);
            HandOverIfCaughtUp(follower);
        }

        return new TransferOutcome.Started();
    }

    /// <inheritdoc/>
    public override void Unreachable(MemberId peer) => _followers.Find(peer)?.Lost();

    private void Accepted(FollowerProgress follower, LogIndex match)
    {
        Invariant.Require(match <= Member.Log.LastIndex,
            $"a follower holds no entry of this term that its leader lacks: {follower.Member} has {match}");
        if (follower.Accepted(match))
        {
            AdvanceCommit();
            HandOverIfCaughtUp(follower);
        }
    }

    // An entry of an earlier term is committed only under one of this term that a majority holds. Source:
    // Raft paper, 5.4.2.
    private void AdvanceCommit()
    {
        var log = Member.Log;
        var held = _followers.HeldByMajority(log.Persisted);
        if (held < _firstOfTerm || held <= log.Commit)
        {
            return;
        }

        for (var index = LogIndex.Max(log.Commit.Next, _firstOfTerm); index <= held; index = index.Next)
        {
            _quota.Return(log.PayloadBytesAt(index));
        }

        log.CommitTo(held);
    }

    private void AnswerConfirmedReads()
    {
        if (!_reads.HasUnconfirmed)
        {
            return;
        }

        var confirmed = _followers.AnsweredByMajority(_reads.Latest);
        while (_reads.TakeConfirmed(confirmed) is { } round)
        {
            foreach (var read in round.Reads)
            {
                if (read.Asker == Member.Self)
                {
                    Member.ReadStates.Add(new ReadState(round.Index, read.Context));
                }
                else
                {
                    Member.Outbox.Send(new ReadIndexResponse(
                        Member.Self, read.Asker, Member.Term, round.Index, read.Context));
                }
            }
        }
    }

    private void HandOverIfCaughtUp(FollowerProgress follower)
    {
        if (_succession?.Successor == follower.Member && follower.Match == Member.Log.LastIndex)
        {
            Member.Outbox.Send(new TimeoutNow(Member.Self, follower.Member, Member.Term));
        }
    }

    private void SendHeartbeats()
    {
        foreach (var follower in _followers.All)
        {
            // What the follower may hold after the match is not known to be the leader's.
            var commit = LogIndex.Min(follower.Match, Member.Log.Commit);
            Member.Outbox.Send(new HeartbeatRequest(
                Member.Self, follower.Member, Member.Term, commit, _reads.Latest));
        }
    }

    // A follower that needs entries which were dropped from the log gets none until
    // FollowerProgress.IntervalPassed.
    private bool IsDue(FollowerProgress follower) =>
        follower.IsDue(Member.Log.LastIndex, Member.Log.Commit)
        && Member.Log.TermAt(follower.Next.Previous) is not null;

    private void SendAppend(FollowerProgress follower)
    {
        var (log, settings) = (Member.Log, Member.Settings);
        var previous = follower.Next.Previous;
        var previousTerm = log.TermAt(previous);
        Invariant.Require(previousTerm is not null, "what is sent is still in the log");

        var entries = follower.TakesEntries(log.LastIndex)
            ? log.Read(follower.Next, log.LastIndex.Next, settings.MessageBytesMax)
            : default;
        Member.Outbox.Send(new AppendRequest(
            Member.Self, follower.Member, Member.Term, previous, previousTerm.Value, log.Commit, entries));
        follower.Sent(entries, log.Commit);
    }
}
