using Sync.Raft.Log;
using Sync.Raft.Messages;
using Sync.Raft.Progress;
using Sync.Raft.Proposals;
using Sync.Raft.Quorum;
using Sync.Raft.Reads;

namespace Sync.Raft.Roles;

/// <summary>
/// Takes proposals, replicates them and decides what is committed. Source: Raft paper, sections 5.3 and 5.4; thesis, sections
/// 3.10, 6.2 and 6.4.
/// </summary>
internal sealed class Leader : Role
{
    private readonly FollowerProgress[] _followers;
    private readonly ulong[] _reached;
    private readonly ReadRounds _reads = new();
    private readonly LogIndex _firstOfTerm;
    private long _uncommittedBytes;
    private int _ticksSinceHeartbeat;
    private int _ticksSinceQuorum;
    private MemberId? _succession;
    private int _ticksSinceSuccession;

    /// <summary>The winner of an election, who begins with an empty entry of its term. Source: Raft thesis, section 6.4.</summary>
    public Leader(MemberState member)
        : base(member)
    {
        var (log, settings) = (member.Log, member.Settings);
        var voters = member.Configuration.Voters;
        _reached = new ulong[voters.Length];
        _followers = [.. voters.Where(voter => voter != member.Self)
            .Select(voter => new FollowerProgress(voter, log.LastIndex.Next, settings))];
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
    public override long UncommittedBytes => _uncommittedBytes;

    /// <inheritdoc/>
    public override IReadOnlyList<FollowerStatus> Followers => [.. _followers.Select(follower => follower.Status)];

    /// <inheritdoc/>
    public override bool HasDue
    {
        get
        {
            if (_reads.HasWaiting && HasCommittedInTerm)
            {
                return true;
            }

            foreach (var follower in _followers)
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
        if (_succession is not null && ++_ticksSinceSuccession >= Member.Settings.ElectionTicks)
        {
            _succession = null;
        }

        if (++_ticksSinceQuorum >= Member.Settings.ElectionTicks)
        {
            _ticksSinceQuorum = 0;
            if (Member.Settings.CheckQuorum && !TakeIsQuorumActive())
            {
                return new Follower(Member, MemberId.None);
            }
        }

        if (++_ticksSinceHeartbeat >= Member.Settings.HeartbeatTicks)
        {
            _ticksSinceHeartbeat = 0;
            foreach (var follower in _followers)
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
            $"a term has one leader: {Member.Self} leads term {Member.Term}, {message.From} speaks as leader");
        if (Find(message.From) is not { } follower)
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

        foreach (var follower in _followers)
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
        if (_succession is { } successor)
        {
            return new ProposalOutcome.LeadershipMoving(successor);
        }

        var bytes = 0L;
        foreach (var payload in payloads)
        {
            Invariant.Require(!payload.IsEmpty, "a proposal is not empty; an empty entry is the leader's own");
            bytes += payload.Length;
        }

        if (_uncommittedBytes > 0 && _uncommittedBytes + bytes > Member.Settings.UncommittedBytesMax)
        {
            return new ProposalOutcome.TooMuchUncommitted(_uncommittedBytes);
        }

        _uncommittedBytes += bytes;
        var first = Member.Log.LastIndex.Next;
        var index = first;
        foreach (var payload in payloads)
        {
            Member.Log.Append(new Entry(Member.Term, index, EntryKind.Normal, payload));
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

        if (Find(successor) is not { } follower)
        {
            return new TransferOutcome.NotVoter();
        }

        if (_succession != successor)
        {
            (_succession, _ticksSinceSuccession) = (successor, 0);
            HandOverIfCaughtUp(follower);
        }

        return new TransferOutcome.Started();
    }

    /// <inheritdoc/>
    public override void Unreachable(MemberId peer) => Find(peer)?.Lost();

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

    // An entry of an earlier term is committed only under one of this term that a majority holds. Source: Raft paper, 5.4.2.
    private void AdvanceCommit()
    {
        var log = Member.Log;
        var held = new LogIndex(ReachedByMajority(log.Persisted.Value, static follower => follower.Match.Value));
        if (held < _firstOfTerm || held <= log.Commit)
        {
            return;
        }

        for (var index = LogIndex.Max(log.Commit.Next, _firstOfTerm); index <= held; index = index.Next)
        {
            _uncommittedBytes -= log.PayloadBytesAt(index);
        }

        log.CommitTo(held);
    }

    private void AnswerConfirmedReads()
    {
        if (!_reads.HasUnconfirmed)
        {
            return;
        }

        var confirmed = ReachedByMajority(_reads.Latest, static follower => follower.AnsweredRound);
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

    private ulong ReachedByMajority(ulong own, Func<FollowerProgress, ulong> ofFollower)
    {
        _reached[0] = own;
        for (var position = 0; position < _followers.Length; position++)
        {
            _reached[position + 1] = ofFollower(_followers[position]);
        }

        return Majority.Reached(_reached);
    }

    private bool TakeIsQuorumActive()
    {
        var active = 1;
        foreach (var follower in _followers)
        {
            active += follower.IsActive ? 1 : 0;
            follower.IsActive = false;
        }

        return active >= Majority.Of(_followers.Length + 1);
    }

    private void HandOverIfCaughtUp(FollowerProgress follower)
    {
        if (_succession == follower.Member && follower.Match == Member.Log.LastIndex)
        {
            Member.Outbox.Send(new TimeoutNow(Member.Self, follower.Member, Member.Term));
        }
    }

    private void SendHeartbeats()
    {
        foreach (var follower in _followers)
        {
            // What the follower may hold after the match is not known to be the leader's.
            var commit = LogIndex.Min(follower.Match, Member.Log.Commit);
            Member.Outbox.Send(new HeartbeatRequest(
                Member.Self, follower.Member, Member.Term, commit, _reads.Latest));
        }
    }

    // A follower that needs entries which were dropped from the log gets none until FollowerProgress.IntervalPassed.
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

    private FollowerProgress? Find(MemberId member) =>
        Array.Find(_followers, follower => follower.Member == member);
}
