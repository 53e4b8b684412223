using Sync.Member.Forwarding;
using Sync.Member.Leases;
using Sync.Member.Membership;
using Sync.Member.Proposals;
using Sync.Member.Reads;
using Sync.Member.Turns;
using Sync.Mvcc;
using Sync.Mvcc.Leases;
using Sync.Raft;
using Sync.Raft.Log;
using Sync.Raft.Membership;
using Sync.Raft.Messages;
using Sync.Raft.Proposals;
using Sync.Raft.Roles;
using Sync.Raft.Snapshots;

namespace Sync.Member;

/// <summary>
/// One member of a group: the consensus, and the state machine that it feeds. It takes requests, messages and
/// ticks, and gives back one <see cref="MemberTurn"/> with what to write, send, publish and answer.
/// </summary>
/// <remarks>
/// Single-threaded: one loop owns it. It does no I/O but through the <see cref="Keyspace"/>'s change store and
/// the consensus's log reader, and knows no time but what <see cref="Tick"/> says.
/// </remarks>
public sealed class GroupMember
{
    private readonly MemberSettings _settings;
    private readonly Consensus _consensus;
    private Keyspace _keyspace;
    private readonly PendingProposals _proposals = new();
    private readonly PendingReads _reads;
    private readonly PendingRemovals _removals = new();
    private readonly PendingChanges _changes = new();
    private readonly TakenRequests _taken = new();
    private readonly LeaseQuestions _questions = new();
    private readonly CatchUps _catchUps;

    // Questions that wait until a majority has said that this member still leads, by the name of that read.
    private readonly Dictionary<RequestId, OpenLeaseQuestion> _confirmations = [];
    private readonly LeaseKeeper _leases;
    private readonly MemberTurn _turn = new();

    private ClusterMembers _members;

    // The last entry in the state; _lastIndex is not before it.
    private LogIndex _applied;
    private Term _appliedTerm;
    private LogIndex _lastIndex;

    private long _tick;

    // When a leader was last heard of for the first time.
    private long _leaderTick = long.MinValue / 2;

    private ulong _ownRequest = RequestId.BeforeOwn.Value;
    private RequestId _publication;
    private bool _servesReadsAlone;
    private bool _leadershipChanged;
    private bool _viewIsOld;
    private bool _hasRemovals;

    /// <summary>A member as it was when it stopped, or a new one.</summary>
    /// <param name="settings">What it is told.</param>
    /// <param name="consensus">Its consensus, restored; it applies from the entry after the image's.</param>
    /// <param name="keyspace">Its keyspace, restored from the image.</param>
    /// <param name="image">The state that consensus and keyspace were restored from.</param>
    /// <param name="nowMilliseconds">The time of a monotonic clock.</param>
    public GroupMember(
        MemberSettings settings, Consensus consensus, Keyspace keyspace, MemberImage image, long nowMilliseconds)
    {
        _settings = settings;
        _consensus = consensus;
        _keyspace = keyspace;
        _members = image.Members;
        _applied = image.Applied;
        _appliedTerm = image.AppliedTerm;
        _lastIndex = consensus.Status.LastIndex;
        _reads = new PendingReads(settings.Run, settings.ReadRetryTicks);
        _catchUps = new CatchUps(settings.CatchUpTicks);
        _leases = new LeaseKeeper(settings, keyspace.Publish().Leases(), nowMilliseconds);
    }

    /// <summary>Where the member stands now.</summary>
    public MemberStatus Status => new(
        _consensus.Role, _consensus.Term, _consensus.Leader, _lastIndex, _applied, _members,
        _consensus.Configuration, _servesReadsAlone)
    {
        Self = _settings.Self.Id,
    };

    /// <summary>The state for a checkpoint, at the last entry applied.</summary>
    public MemberImage Image =>
        new(_applied, _appliedTerm, _consensus.Configuration, _members, _keyspace.Image());

    /// <summary>Whether another turn has work to do without any further input.</summary>
    public bool NeedsTurn => _consensus.HasReady || _hasRemovals || _viewIsOld || _turn.HasSaid;

    /// <summary>Stands for election at once; a single voter leads as soon as its vote is durable.</summary>
    public void Campaign() => _consensus.Campaign();

    /// <summary>Lets one tick pass.</summary>
    /// <param name="nowMilliseconds">The time of the monotonic clock.</param>
    public void Tick(long nowMilliseconds)
    {
        _tick++;
        _consensus.Tick();
        _leases.Observe(nowMilliseconds);
        TakeOverdue();
        _reads.Tick(_tick, _leadershipChanged, _turn.FailedList);
        DropFailedConfirmations();
        _leadershipChanged = false;
        foreach (var command in _leases.TakeProposals(_tick))
        {
            if (_consensus.Propose(MemberCommandCodec.Encode(command)) is ProposalOutcome.Accepted)
            {
                _leases.Accepted(command);
            }
        }

        OfferAgain();
        ProposeNextChange();
        AdvanceQuestions();
        PublishSelfWhenDue();
    }

    /// <summary>Says what time it is, before requests that depend on it.</summary>
    /// <param name="nowMilliseconds">The time of the monotonic clock; not before the one last told.</param>
    public void Observe(long nowMilliseconds) => _leases.Observe(nowMilliseconds);

    /// <summary>Takes in a message of another member.</summary>
    public void Receive(Message message) => _consensus.Step(message);

    /// <summary>Takes in what another member asks, or its answer. It may be any message at any time.</summary>
    /// <param name="message">A message addressed to this member.</param>
    public void Receive(MemberMessage message)
    {
        switch (message)
        {
            case ForwardedProposal proposal:
                Take(proposal);
                break;
            case ProposalRefused refused when refused.Run == _settings.Run:
                if (_proposals.Find(refused.Request) is { } open && open.OfferedIn == refused.Term)
                {
                    Fail(_proposals.Close(open), RequestFailure.TooMuchWaiting);
                }

                break;
            case LeaseQuestion question when _consensus.Role == RoleKind.Leader:
                Ask(new OpenLeaseQuestion(NextOwnRequest(), question.Lease, question.Renews, _tick, Deadline)
                {
                    Asker = (question.From, question.Run, question.Request),
                });
                break;
            case LeaseAnswer answer when answer.Run == _settings.Run:
                if (_questions.Take(answer.Request) is { } asked)
                {
                    Answer(asked, answer.Seconds);
                }

                break;
            case LeaseQuestion or LeaseAnswer or ProposalRefused:
                // For a leader that is none any more, or for an earlier run.
                break;
        }
    }

    /// <summary>Takes note that a message to a peer was not delivered.</summary>
    public void ReportUnreachable(MemberId peer) => _consensus.ReportUnreachable(peer);

    /// <summary>The follower that is furthest and answers: who should lead next. Null when there is none, or no need.</summary>
    // Who is back after it was away, while nothing was written, has everything and is sent nothing.
    public MemberId? FindSuccessor() => _consensus.Status.Followers
        .Where(follower => !follower.IsLearner && (follower.IsReplicating
            || (follower.IsActive && follower.Match == _consensus.Status.LastIndex)))
        .OrderByDescending(follower => follower.IsActive).ThenByDescending(follower => follower.Match)
        .Select(follower => (MemberId?)follower.Member).FirstOrDefault();

    /// <summary>Hands leadership to another voter, if this member leads.</summary>
    public TransferOutcome TransferLeadership(MemberId successor) => _consensus.TransferLeadership(successor);

    /// <summary>Takes note that everything up to a Ready's writes is durable.</summary>
    /// <param name="readyNumber">The number of the last one.</param>
    public void Written(ulong readyNumber) => _consensus.Persisted(readyNumber);

    /// <summary>
    /// Proposes a command, here or at the leader; <see cref="MemberTurn.Applied"/> or <see cref="MemberTurn.Failed"/>
    /// answers. It waits for a leader as long as any request may wait, and happens once at most.
    /// </summary>
    /// <param name="request">Who waits; none when nobody does, and then it is given up when this member does not lead.</param>
    /// <param name="payload">What <see cref="MemberCommandCodec"/> encoded; not changed any more.</param>
    public void Propose(RequestId request, ReadOnlyMemory<byte> payload)
    {
        if (request == RequestId.None)
        {
            _consensus.Propose(payload);
        }
        else if (_proposals.Count >= _settings.WaitingRequestsMax
            || _proposals.PayloadBytes + payload.Length > _settings.WaitingBytesMax)
        {
            Fail(request, RequestFailure.TooMuchWaiting);
        }
        else
        {
            Offer(_proposals.Add(request, payload, _tick, Deadline));
        }
    }

    /// <summary>
    /// Asks for a linearizable read; <see cref="MemberTurn.Reads"/> or <see cref="MemberTurn.Failed"/> answers.
    /// </summary>
    public void Read(RequestId request)
    {
        if (_reads.Count >= _settings.WaitingRequestsMax)
        {
            Fail(request, RequestFailure.TooMuchWaiting);
            return;
        }

        _reads.Add(request, Deadline);
    }

    /// <summary>
    /// Renews a lease, here or at the leader; <see cref="MemberTurn.Renewals"/> or <see cref="MemberTurn.Failed"/>
    /// answers.
    /// </summary>
    /// <remarks>
    /// A leader that was stopped or cut off may be none any more, and another one may have ended the lease. So it first
    /// asks a majority, as for a read; the questions of one turn share it.
    /// </remarks>
    public void Renew(RequestId request, LeaseId lease) =>
        Ask(new OpenLeaseQuestion(request, lease, renews: true, _tick, Deadline));

    /// <summary>
    /// Asks the member that leads how long a lease has left; <see cref="MemberTurn.Remainders"/> or
    /// <see cref="MemberTurn.Failed"/> answers.
    /// </summary>
    public void AskRemaining(RequestId request, LeaseId lease) =>
        Ask(new OpenLeaseQuestion(request, lease, renews: false, _tick, Deadline));

    /// <summary>
    /// Changes the members, if this member leads; <see cref="MemberTurn.Changes"/> or <see cref="MemberTurn.Failed"/>
    /// answers. It waits until the change before it is made.
    /// </summary>
    public void Change(RequestId request, ClusterChange change)
    {
        _changes.Add(new PendingChanges.Waiting(request, change, _tick, Deadline));
        ProposeNextChange();
    }

    /// <summary>
    /// Takes in that a snapshot is whole and durable beside this member's own state; <see cref="Ready.Snapshot"/> says
    /// when to install it.
    /// </summary>
    /// <returns>Whether the owner is to keep it for that, or to discard it.</returns>
    public SnapshotVerdict Offer(SnapshotOffer offer) => _consensus.Offer(offer);

    /// <summary>Takes note that the sending of a snapshot ended, whatever became of it.</summary>
    public void ReportSnapshot(MemberId follower, SnapshotOutcome outcome)
    {
        _consensus.ReportSnapshot(follower, outcome);
        if (outcome is SnapshotOutcome.Delivered)
        {
            _catchUps.Delivered(follower, _tick);
        }
        else
        {
            _catchUps.Failed(follower);
        }
    }

    /// <summary>
    /// The last entry before those that followers of a snapshot still need from the log; null when none does.
    /// </summary>
    /// <param name="checkpoint">The newest checkpoint's entry: a follower that has it has caught up.</param>
    public LogIndex? FindNeededLog(LogIndex checkpoint) =>
        _catchUps.FindNeeded(_consensus.Status.Followers, checkpoint, _tick);

    /// <summary>Lets the next turn publish a view, though nothing may have changed but the places of changes.</summary>
    public void RenewView() => _viewIsOld = true;

    /// <summary>
    /// Takes over the state of a snapshot that was installed in place of the own one, before
    /// <see cref="Written"/> names the Ready that asked for it.
    /// </summary>
    /// <param name="keyspace">The keyspace, restored from the snapshot.</param>
    /// <param name="image">The rest of the state.</param>
    public void Install(Keyspace keyspace, MemberImage image)
    {
        Invariant.Require(image.Applied > _applied, $"a snapshot of entry {image.Applied} is newer than {_applied}");
        _keyspace = keyspace;
        _members = image.Members;
        _applied = image.Applied;
        _appliedTerm = image.AppliedTerm;
        _lastIndex = LogIndex.Max(_lastIndex, _applied);
        _leases.Load(keyspace.Publish().Leases());
        _viewIsOld = true;

        // What was asked for before may stand in it, or not.
        _proposals.TakeUnknown(image.AppliedTerm, _turn.FailedList);
        _turn.FailedList.RemoveAll(failed => failed.Request.IsOwn);
        _publication = RequestId.None;
    }

    /// <summary>
    /// The time that a lease has left by this member's own clock, in whole seconds; null when the lease is unknown, and
    /// while this member does not lead.
    /// </summary>
    public long? RemainingSeconds(LeaseId lease) => _leases.RemainingSeconds(lease);

    /// <summary>All leases, in no order.</summary>
    public IReadOnlyList<ListedLease> ListLeases() => _leases.List();

    /// <summary>Waits until a compaction's changes are removed; <see cref="MemberTurn.Removed"/> answers.</summary>
    public void AwaitRemoval(RequestId request, Revision compaction) => _removals.Add(request, compaction);

    /// <summary>Does what the inputs since the last turn make necessary.</summary>
    /// <param name="watched">The revision up to which watches have seen all changes.</param>
    /// <returns>What the owner must do; valid until the next call of <see cref="FinishTurn"/>.</returns>
    public MemberTurn TakeTurn(Revision watched)
    {
        _reads.Ask(_consensus, _tick);
        if (_consensus.HasReady)
        {
            Take(_consensus.TakeReady());
        }

        RemoveSome(watched);
        foreach (var (key, _) in _leases.TakeReleased())
        {
            if (_questions.Find(key) is { } released)
            {
                released.IsHeld = false;
                Advance(released);
            }
        }

        if (_viewIsOld)
        {
            _turn.View = _keyspace.Publish();
            _viewIsOld = false;
        }

        _reads.TakeServed(_applied, _turn.ReadList);
        TakeConfirmations();
        _removals.TakeDone(_keyspace, _turn.RemovedList);
        return _turn;
    }

    /// <summary>Says that the turn's answers are given.</summary>
    public void FinishTurn() => _turn.Clear();

    private long Deadline => _tick + _settings.RequestTimeoutTicks;

    private void Take(Ready ready)
    {
        _turn.Ready = ready;
        if (ready.Entries.Length > 0)
        {
            _lastIndex = ready.Entries.Span[^1].Index;
        }

        if (ready.RoleChange is { } change)
        {
            ChangeRole(change);
        }

        foreach (var entry in ready.Committed.Span)
        {
            Apply(entry);
        }

        if (ready.Committed.Length > 0)
        {
            _consensus.AppliedTo(_applied);
            _viewIsOld = true;
            PublishSelfWhenDue();
            AdvanceQuestions();
        }

        if (ready.RoleChange is not null || ready.Committed.Length > 0)
        {
            OfferPostponed();
            ProposeNextChange();
        }

        foreach (var need in ready.SnapshotNeeds)
        {
            // The owner captures the state that this turn leads to.
            _catchUps.Began(need.Follower, _applied);
        }

        foreach (var answer in ready.ReadStates)
        {
            _reads.Confirm(answer);
        }
    }

    // Every change of term or leader ends what the member knew as a leader; it knows it again when it has applied an
    // entry of the own term.
    private void ChangeRole(RoleChange change)
    {
        _leadershipChanged = true;
        if (change.Leader != MemberId.None)
        {
            _leaderTick = _tick;
        }

        _servesReadsAlone = false;
        _changes.TakeAll(Fail);
        _leases.Demote();
        _questions.Release();
        AdvanceQuestions();
    }

    private void Apply(Entry entry)
    {
        Invariant.Require(entry.Index == _applied.Next, $"entry {entry.Index} is applied after {_applied}");

        if (entry.Term > _appliedTerm)
        {
            _proposals.BeginTerm(entry.Term);
        }

        var request = _proposals.Take(entry.Index, entry.Term);
        _applied = entry.Index;
        _appliedTerm = entry.Term;
        if (entry.Kind == EntryKind.Configuration)
        {
            ApplyChange(entry);
        }
        else if (!entry.Payload.IsEmpty)
        {
            Apply(request, MemberCommandCodec.Decode(entry.Payload));
        }
        else if (_consensus.Role == RoleKind.Leader && entry.Term == _consensus.Term)
        {
            BeginToLead();
        }
    }

    // Every member decides by the members that the log has made so far, and so all decide the same.
    private void ApplyChange(Entry entry)
    {
        var request = _changes.Take(entry.Index, entry.Term);
        var proposed = ConfigurationChangeCodec.Decode(entry.Payload);
        ClusterRefusal? refusal = null;
        if (proposed.LeavesJoint)
        {
            _consensus.ApplyChange(entry);
        }
        else
        {
            var change = ClusterChange.FromConsensus(proposed, _members);
            refusal = _members.FindRefusal(change);
            if (refusal is null)
            {
                _consensus.ApplyChange(entry);
                _members = _members.After(change);
            }
            else
            {
                _consensus.SkipChange(entry);
            }
        }

        _servesReadsAlone &= VotesAlone;
        if (request != RequestId.None)
        {
            _turn.ChangeList.Add(new ChangedCluster(request, refusal));
        }
    }

    private bool VotesAlone => _consensus.Configuration is { IsJoint: false, Voters.Length: 1 };

    private void ProposeNextChange()
    {
        while (_changes.Next is { } next)
        {
            var outcome = _members.FindRefusal(next.Change) is { } refusal
                ? refusal
                : Propose(next.Change);
            if (outcome is null)
            {
                return;
            }

            _changes.Drop();
            _turn.ChangeList.Add(new ChangedCluster(next.Request, outcome));
        }
    }

    // Null when the change is under way, or has to wait until another one is made.
    private ClusterRefusal? Propose(ClusterChange change)
    {
        switch (_consensus.Propose(change.ToConsensus(_members)))
        {
            case ProposalOutcome.Accepted accepted:
                _changes.Place(accepted.FirstIndex, accepted.Term);
                return null;
            case ProposalOutcome.ChangeRefused { Refusal: ChangeRefusal.LearnerIsBehind }:
                return ClusterRefusal.LearnerIsBehind;
            case ProposalOutcome.ChangeRefused { Refusal: ChangeRefusal.LeavesNoVoter }:
                return ClusterRefusal.LeavesNoVoter;
            case ProposalOutcome.NotLeader:
                _changes.TakeAll(Fail);
                return null;
            default:
                return null;
        }
    }

    // The first entry of the own term: everything of earlier leaders is applied now.
    private void BeginToLead()
    {
        _servesReadsAlone = VotesAlone;
        _leases.Promote(_settings.LeaseExtensionMilliseconds);
    }

    private void Apply(RequestId request, MemberCommand command)
    {
        switch (command)
        {
            case MemberCommand.ChangeKeyspace change:
                var outcome = _keyspace.Apply(change.Command, isAnswered: request != RequestId.None);
                _leases.Applied(change.Command, outcome);
                if (request != RequestId.None)
                {
                    _turn.AppliedList.Add(new AppliedRequest(request, outcome));
                }

                break;
            case MemberCommand.PublishMember publish:
                _members = _members.With(publish.Member);
                break;
            case MemberCommand.Downgrade downgrade:
                Apply(request, downgrade);
                break;
            case MemberCommand.Forwarded forwarded:
                var isOwn = forwarded.Asker == _settings.Self.Id && forwarded.Run == _settings.Run;
                Apply(isOwn ? _proposals.Take(forwarded.Request) : RequestId.None, forwarded.Command);
                break;
        }

        if (request != RequestId.None && request == _publication)
        {
            _publication = RequestId.None;
        }
    }

    private void Apply(RequestId request, MemberCommand.Downgrade downgrade)
    {
        var refusal = downgrade.Target is { } sought ? _members.FindDowngradeRefusal(sought) : null;
        if (refusal is null)
        {
            _members = downgrade.Target is { } target ? _members.Downgrading(target) : _members.NotDowngrading();
        }

        if (request != RequestId.None)
        {
            _turn.ChangeList.Add(new ChangedCluster(request, refusal));
        }
    }

    // A member is known to clients once its name and URLs are in the log. It looks at the members when it has applied
    // an entry of the present leader: what it told in an earlier run is applied then. One whose version is below the
    // cluster's is about to be stopped, and says nothing.
    private void PublishSelfWhenDue()
    {
        var self = _settings.Self;
        if (_publication == RequestId.None
            && _consensus.Leader != MemberId.None
            && _appliedTerm == _consensus.Term
            && _members.Find(self.Id) is { } known
            && (known.Name != self.Name || known.Version != self.Version || !known.ClientUrls.SequenceEqual(self.ClientUrls))
            && !(self.Version < _members.Version))
        {
            _publication = NextOwnRequest();
            Propose(_publication, MemberCommandCodec.Encode(new MemberCommand.PublishMember(self)));
        }
    }

    private void Offer(PendingProposals.Proposal proposal)
    {
        if (_consensus.Role != RoleKind.Leader)
        {
            Forward(proposal);
            return;
        }

        switch (_consensus.Propose(proposal.Payload))
        {
            case ProposalOutcome.Accepted accepted:
                _proposals.Place(proposal, accepted.FirstIndex, accepted.Term);
                break;
            case ProposalOutcome.TooLarge:
                Fail(_proposals.Close(proposal), RequestFailure.TooLarge);
                break;
            case ProposalOutcome.TooMuchUncommitted:
                Fail(_proposals.Close(proposal), RequestFailure.TooMuchWaiting);
                break;
            case ProposalOutcome.NotLeader or ProposalOutcome.LeadershipMoving:
                _proposals.Postpone(proposal);
                break;
        }
    }

    private void Forward(PendingProposals.Proposal proposal)
    {
        if (_consensus.Leader == MemberId.None)
        {
            _proposals.Postpone(proposal);
            return;
        }

        // A message that was lost is sent again, ever more rarely; the leader takes only one of equal ones.
        proposal.Offers = proposal.OfferedIn == _consensus.Term ? proposal.Offers + 1 : 1;
        proposal.OfferedIn = _consensus.Term;
        proposal.NextOfferTick = _tick + ((long)_settings.ReadRetryTicks << Math.Min(proposal.Offers - 1, 4));
        var payload = MemberCommandCodec.EncodeForwarded(
            _settings.Self.Id, _settings.Run, proposal.Request, proposal.Payload);
        _turn.MessageList.Add(new ForwardedProposal(
            _settings.Self.Id, _consensus.Leader, _settings.Run, proposal.Request, _consensus.Term, payload));
    }

    private void OfferPostponed()
    {
        if (!_proposals.HasUnoffered)
        {
            return;
        }

        foreach (var proposal in _proposals.TakeUnoffered())
        {
            Offer(proposal);
        }
    }

    private void OfferAgain()
    {
        OfferPostponed();
        if (_consensus.Role != RoleKind.Leader && _consensus.Leader != MemberId.None)
        {
            foreach (var proposal in _proposals.DueAgain(_consensus.Term, _tick))
            {
                Forward(proposal);
            }
        }
    }

    private void Take(ForwardedProposal forwarded)
    {
        var (asker, run, request, term) = (forwarded.From, forwarded.Run, forwarded.Request, forwarded.Term);
        if (_consensus.Role != RoleKind.Leader || term != _consensus.Term
            || _taken.Contains(term, asker, run, request))
        {
            return;
        }

        switch (_consensus.Propose(forwarded.Payload))
        {
            case ProposalOutcome.Accepted:
                _taken.Add(term, asker, run, request);
                break;
            case ProposalOutcome.TooMuchUncommitted or ProposalOutcome.TooLarge:
                _taken.Add(term, asker, run, request);
                _turn.MessageList.Add(new ProposalRefused(_settings.Self.Id, asker, run, request, term));
                break;
            case ProposalOutcome.NotLeader or ProposalOutcome.LeadershipMoving:
                // Its asker sends it again.
                break;
        }
    }

    private void Ask(OpenLeaseQuestion question)
    {
        _questions.Add(question);
        if (_consensus.Role == RoleKind.Leader)
        {
            // What is committed may have been answered by another member already.
            question.Needed = _consensus.Commit;
        }

        Advance(question);
    }

    private void AdvanceQuestions()
    {
        if (!_questions.IsEmpty)
        {
            foreach (var question in _questions.Waiting)
            {
                Advance(question);
            }
        }
    }

    private void Advance(OpenLeaseQuestion question)
    {
        var leads = _consensus.Role == RoleKind.Leader;
        if (leads && question.ConfirmedIn != _consensus.Term)
        {
            Confirm(question);
        }
        else if (leads && _leases.IsLeading && _applied >= question.Needed)
        {
            if (question.Renews)
            {
                Renew(question);
            }
            else
            {
                _questions.Take(question.Key);
                Answer(question, _leases.RemainingSeconds(question.Lease) ?? -1);
            }
        }
        else if (!leads && question.Asker is not null)
        {
            _questions.Take(question.Key);
        }
        else if (!leads && _consensus.Leader != MemberId.None && question.NextSendTick <= _tick)
        {
            question.NextSendTick = _tick + _settings.ReadRetryTicks;
            _turn.MessageList.Add(new LeaseQuestion(
                _settings.Self.Id, _consensus.Leader, _settings.Run, question.Key, question.Lease, question.Renews));
        }
    }

    private void Confirm(OpenLeaseQuestion question)
    {
        if (question.ConfirmingIn != _consensus.Term)
        {
            question.ConfirmingIn = _consensus.Term;
            var read = NextOwnRequest();
            _confirmations.Add(read, question);
            _reads.Add(read, question.DeadlineTick);
        }
    }

    private void TakeConfirmations()
    {
        if (_confirmations.Count == 0)
        {
            return;
        }

        foreach (var read in _turn.ReadList)
        {
            if (_confirmations.Remove(read, out var question) && _questions.Find(question.Key) == question
                && _consensus.Role == RoleKind.Leader && _consensus.Term == question.ConfirmingIn)
            {
                question.ConfirmedIn = question.ConfirmingIn;
                Advance(question);
            }
        }

        _turn.ReadList.RemoveAll(read => read.IsOwn);
    }

    // Their questions end by their own time, which is the same.
    private void DropFailedConfirmations()
    {
        foreach (var failed in _turn.FailedList)
        {
            _confirmations.Remove(failed.Request);
        }

        _turn.FailedList.RemoveAll(failed => failed.Request.IsOwn);
    }

    private void Renew(OpenLeaseQuestion question)
    {
        question.IsHeld = true;
        var answers = new List<RenewedLease>(capacity: 1);
        if (_leases.Renew(question.Key, question.Lease, answers) is { } first)
        {
            ProposeBeforeRenewal(question.Lease, MemberCommandCodec.Encode(first));
        }

        foreach (var answer in answers)
        {
            _questions.Take(question.Key);
            Answer(question, answer.TtlSeconds);
        }
    }

    private void ProposeBeforeRenewal(LeaseId lease, ReadOnlyMemory<byte> payload)
    {
        switch (_consensus.Propose(payload))
        {
            case ProposalOutcome.TooMuchUncommitted or ProposalOutcome.TooLarge:
                foreach (var waiting in _leases.TakeWaiting(lease))
                {
                    _questions.Take(waiting);
                    Fail(waiting, RequestFailure.TooMuchWaiting);
                }

                break;
            case ProposalOutcome.NotLeader or ProposalOutcome.LeadershipMoving:
                // They are asked again at the next tick, here or at the next leader.
                foreach (var waiting in _leases.TakeWaiting(lease))
                {
                    _questions.Find(waiting)?.IsHeld = false;
                }

                break;
        }
    }

    private void Answer(OpenLeaseQuestion question, long seconds)
    {
        if (question.Asker is { } asker)
        {
            _turn.MessageList.Add(
                new LeaseAnswer(_settings.Self.Id, asker.Member, asker.Run, asker.Request, seconds));
        }
        else if (question.Renews)
        {
            _turn.RenewalList.Add(new RenewedLease(question.Key, seconds));
        }
        else
        {
            _turn.RemainderList.Add(new LeaseRemainder(question.Key, seconds));
        }
    }

    private void TakeOverdue()
    {
        var failed = new List<FailedRequest>();
        _proposals.TakeOverdue(_tick, WhyTimedOut, failed);
        _changes.TakeOverdue(_tick, Fail);
        failed.AddRange(_questions.TakeOverdue(_tick)
            .Select(question => new FailedRequest(question.Key, WhyTimedOut(question.Tick))));
        foreach (var (request, failure) in failed)
        {
            Fail(request, failure);
        }
    }

    // Source: etcd, server/etcdserver/server.go: a request of the last two election timeouts before a leader began.
    private RequestFailure WhyTimedOut(long asked) =>
        asked < _leaderTick && asked >= _leaderTick - (2 * _settings.ElectionTicks)
            ? RequestFailure.LeaderLost
            : RequestFailure.TimedOut;

    private RequestId NextOwnRequest() => new(++_ownRequest);

    private void RemoveSome(Revision watched)
    {
        _hasRemovals = _keyspace.RemovedRevision < _keyspace.CompactedRevision
            && _keyspace.CompactStep(_settings.RemovalsPerTurnMax, watched);
    }

    private void Fail(RequestId request, RequestFailure failure)
    {
        if (request == _publication)
        {
            _publication = RequestId.None;
        }
        else if (!request.IsOwn)
        {
            _turn.FailedList.Add(new FailedRequest(request, failure));
        }
    }
}
