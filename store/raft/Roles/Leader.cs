using Sync.Raft.Log;
using Sync.Raft.Membership;
using Sync.Raft.Messages;
using Sync.Raft.Progress;
using Sync.Raft.Proposals;
using Sync.Raft.Reads;
using Sync.Raft.Snapshots;

namespace Sync.Raft.Roles;

/// <summary>
/// Takes proposals, replicates them and decides what is committed. Source: Raft paper, sections 5.3 and 5.4;
/// thesis, sections 3.10, 6.2 and 6.4.
/// </summary>
internal sealed class Leader : Role
{
    // How much of the leader's log a learner must hold to be promoted. Source: etcd.md, section 6.
    private const double PromotionShare = 0.9;

    private readonly FollowerTable _followers;
    private readonly ProposalQuota _quota;
    private readonly ReadRounds _reads = new();
    private readonly LogIndex _firstOfTerm;
    private ReadLease? _readLease;
    private Succession? _succession;
    private Retirement? _retirement;
    private long _ticks;
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
        _followers = new FollowerTable(
            member.Self, member.Configuration, follower => NewFollower(follower, isActive: false));
        _quota = new ProposalQuota(settings.UncommittedBytesMax);
        _readLease = settings.LeaseReads ? new ReadLease(settings) : null;
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
            if ((_reads.HasWaiting && HasCommittedInTerm) || MustLeaveJoint)
            {
                return true;
            }

            foreach (var follower in _followers.All)
            {
                if (IsDue(follower) || MustHelp(follower))
                {
                    return true;
                }
            }

            return false;
        }
    }

    private ulong AnsweredByMajority => _followers.AnsweredByMajority(_reads.Latest);

    // Before that the commit index may be behind what earlier leaders have acknowledged.
    private bool HasCommittedInTerm => Member.Log.Commit >= _firstOfTerm;

    // While a joint configuration is not applied here, the log holds it.
    private bool MustLeaveJoint =>
        Member.Configuration is { IsJoint: true, LeavesJointByItself: true }
        && _succession is null && HasCommittedInTerm && !Member.Log.HasChange;

    /// <inheritdoc/>
    public override Role Campaign() => this;

    /// <inheritdoc/>
    public override Role Tick()
    {
        _ticks++;
        if (_succession is { } succession && succession.Tick())
        {
            _succession = null;
        }

        if (_retirement is { } retirement && retirement.Tick())
        {
            return Retire();
        }

        HandOverIfDiskHangs();

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
                follower.IntervalPassed();
            }

            if (_readLease is not null)
            {
                _reads.BeginWithoutReads(_ticks);
            }

            SendHeartbeats();
            AnswerConfirmedReads();
        }

        return this;
    }

    /// <inheritdoc/>
    public override Role Step(Message message)
    {
        RequireNoOtherLeader(message);
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
                follower.Rejected(response.PreviousIndex, agreement, response.NeedsSnapshot);
                break;
            case HeartbeatResponse response:
                follower.Heard(response.Round);
                AnswerConfirmedReads();
                if (_retirement is { } retirement && AnsweredByMajority >= retirement.Round)
                {
                    return Retire();
                }

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
        if (MustLeaveJoint)
        {
            Append(EntryKind.Configuration, ConfigurationChangeCodec.Encode(ConfigurationChange.LeaveJoint));
        }

        if (_reads.HasWaiting && HasCommittedInTerm)
        {
            AskForReads();
        }

        foreach (var follower in _followers.All)
        {
            if (MustHelp(follower) && follower.Help(Member.Log.FirstIndex))
            {
                Member.SnapshotNeeds.Add(new SnapshotNeed(
                    follower.Member, Member.Term,
                    LogIndex.Max(Member.Log.FirstIndex.Previous, LogIndex.None.Next)));
            }

            while (IsDue(follower))
            {
                SendAppend(follower);
            }
        }
    }

    /// <inheritdoc/>
    public override ProposalOutcome Propose(ReadOnlySpan<ReadOnlyMemory<byte>> payloads)
    {
        var bytes = 0L;
        var largest = 0;
        foreach (var payload in payloads)
        {
            Invariant.Require(!payload.IsEmpty, "a proposal is not empty: that is the leader's own entry");
            bytes += payload.Length;
            largest = Math.Max(largest, payload.Length);
        }

        if (RefusalOf(bytes, largest) is { } refusal)
        {
            return refusal;
        }

        var first = Member.Log.LastIndex.Next;
        foreach (var payload in payloads)
        {
            Append(EntryKind.Normal, payload);
        }

        return new ProposalOutcome.Accepted(Member.Term, first);
    }

    /// <inheritdoc/>
    // One change at a time: the next one must see the configuration that the last one made, and be decided by it.
    // Source: Raft thesis, section 4.1, and its erratum: not before an entry of the own term is committed.
    public override ProposalOutcome Propose(ConfigurationChange change)
    {
        var payload = ConfigurationChangeCodec.Encode(change);
        if (RefusalOf(payload.Length, payload.Length) is { } refusal)
        {
            return refusal;
        }

        if ((Member.Log.HasChange || !HasCommittedInTerm) && !Member.Settings.ForgetsOpenChanges)
        {
            return new ProposalOutcome.ChangeUnderWay();
        }

        if (Reconfiguration.Apply(Member.Configuration, change) is ChangeVerdict.Refused refused)
        {
            return new ProposalOutcome.ChangeRefused(refused.Refusal);
        }

        return change.Changes.Any(IsPromotionTooEarly)
            ? new ProposalOutcome.ChangeRefused(ChangeRefusal.LearnerIsBehind)
            : new ProposalOutcome.Accepted(Member.Term, Append(EntryKind.Configuration, payload));
    }

    /// <inheritdoc/>
    public override Role Reconfigured()
    {
        // A new follower counts as heard, so that it does not cost the leader its majority before it can answer.
        var removed = _followers.Reconfigure(
            Member.Configuration, follower => NewFollower(follower, isActive: true));
        foreach (var follower in removed)
        {
            // The last it hears from here: so it learns that it was removed.
            SendHeartbeat(follower);
        }

        _readLease?.End();
        if (_succession is { } succession && !Member.Configuration.IsVoter(succession.Successor))
        {
            _succession = null;
        }

        AdvanceCommit();
        AnswerConfirmedReads();
        if (!Member.IsVoter && _retirement is null)
        {
            _reads.Begin(Member.Log.Commit, _ticks);
            _retirement = new Retirement(_reads.Latest, Member.Settings.ElectionTicks);
            SendHeartbeats();
        }

        return this;
    }

    /// <inheritdoc/>
    public override Role Offered(SnapshotOffer offer, out SnapshotVerdict verdict)
    {
        RequireNoOtherLeader(offer);
        verdict = SnapshotVerdict.Stale;
        return this;
    }

    /// <inheritdoc/>
    public override void SnapshotEnded(MemberId peer, SnapshotOutcome outcome) =>
        _followers.Find(peer)?.SnapshotEnded((outcome as SnapshotOutcome.Delivered)?.Index);

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

        if (_followers.Find(successor) is not { IsLearner: false } follower)
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
        if (follower.Accepted(match, Member.Log.FirstIndex))
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

    // Answers that a lease covers need no round.
    private void AskForReads()
    {
        if (_readLease?.Covers(_ticks) == true)
        {
            Answer(_reads.TakeWaiting(), Member.Log.Commit);
            return;
        }

        _reads.Begin(Member.Log.Commit, _ticks);
        SendHeartbeats();
        AnswerConfirmedReads();
    }

    private void AnswerConfirmedReads()
    {
        if (!_reads.HasUnconfirmed)
        {
            return;
        }

        var confirmed = AnsweredByMajority;
        while (_reads.TakeConfirmed(confirmed) is { } round)
        {
            _readLease?.Confirm(round.Tick);
            Answer(round.Reads, round.Index);
        }
    }

    private void Answer(IReadOnlyList<PendingRead> reads, LogIndex index)
    {
        foreach (var read in reads)
        {
            if (read.Asker == Member.Self)
            {
                Member.ReadStates.Add(new ReadState(index, read.Context));
            }
            else
            {
                Member.Outbox.Send(new ReadIndexResponse(
                    Member.Self, read.Asker, Member.Term, index, read.Context));
            }
        }
    }

    private void HandOverIfCaughtUp(FollowerProgress follower)
    {
        if (_succession?.Successor == follower.Member && follower.Match == Member.Log.LastIndex)
        {
            HandOver(follower);
        }
    }

    // From now on another may be elected at any time, also by a late delivery of this.
    private void HandOver(FollowerProgress successor)
    {
        _readLease = null;
        Member.Outbox.Send(new TimeoutNow(Member.Self, successor.Member, Member.Term));
    }

    // A leader that was removed goes on until a majority of those who stay knows that the change is committed:
    // else they may need its vote, and it may be gone. Source: Raft thesis, section 4.2.2.
    private Follower Retire()
    {
        if (_followers.BestSuccessor() is { } successor)
        {
            HandOver(successor);
        }

        return new Follower(Member, MemberId.None);
    }

    private void HandOverIfDiskHangs()
    {
        var ticksMax = Member.Settings.DiskStallTicksMax;
        if (ticksMax > 0 && Member.Writes.StalledTicks >= ticksMax && _succession is null
            && _followers.BestSuccessor() is { } successor)
        {
            TransferTo(successor.Member);
        }
    }

    private ProposalOutcome? RefusalOf(long bytes, int largest)
    {
        if (_succession is not null || _retirement is not null)
        {
            return new ProposalOutcome.LeadershipMoving(_succession?.Successor ?? MemberId.None);
        }

        return largest > Member.Settings.ProposalBytesMax ? new ProposalOutcome.TooLarge(largest)
            : _quota.HasRoomFor(bytes) ? null
            : new ProposalOutcome.TooMuchUncommitted(_quota.Bytes);
    }

    private LogIndex Append(EntryKind kind, ReadOnlyMemory<byte> payload)
    {
        var index = Member.Log.LastIndex.Next;
        Member.Log.Append(new Entry(Member.Term, index, kind, payload));
        _quota.Take(payload.Length);
        return index;
    }

    private bool IsPromotionTooEarly(MemberChange change) =>
        change.Kind == MemberChangeKind.AddVoter
        && Member.Configuration.IsLearner(change.Member)
        && _followers.Find(change.Member) is { } learner
        && learner.Match.Value < PromotionShare * Member.Log.Persisted.Value;

    private FollowerProgress NewFollower(MemberId member, bool isActive) =>
        new(member, Member.Log.LastIndex.Next, Member.Settings) { IsActive = isActive };

    private void RequireNoOtherLeader(Message message) =>
        Invariant.Require(message is not (AppendRequest or HeartbeatRequest or SnapshotOffer),
            $"a term has one leader: {Member.Self} leads term {Member.Term}, {message.From} says so too");

    private void SendHeartbeats()
    {
        foreach (var follower in _followers.All)
        {
            SendHeartbeat(follower);
        }
    }

    private void SendHeartbeat(FollowerProgress follower)
    {
        // What the follower may hold after the match is not known to be the leader's.
        var commit = LogIndex.Min(follower.Match, Member.Log.CommitToTell);
        Member.Outbox.Send(new HeartbeatRequest(
            Member.Self, follower.Member, Member.Term, commit, _reads.Latest));
    }

    private bool MustHelp(FollowerProgress follower) =>
        follower.Lacks(Member.Log.FirstIndex) && follower.CanBeHelped;

    // Who needs entries that were dropped from the log is helped first.
    private bool IsDue(FollowerProgress follower) =>
        follower.IsDue(Member.Log.LastIndex, Member.Log.CommitToTell)
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
            Member.Self, follower.Member, Member.Term, previous, previousTerm.Value, log.CommitToTell, entries));
        follower.Sent(entries, log.CommitToTell);
    }
}
