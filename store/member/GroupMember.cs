using System.Runtime.InteropServices;
using Sync.Member.Leases;
using Sync.Member.Membership;
using Sync.Member.Proposals;
using Sync.Member.Reads;
using Sync.Member.Turns;
using Sync.Mvcc;
using Sync.Mvcc.Leases;
using Sync.Raft;
using Sync.Raft.Log;
using Sync.Raft.Messages;
using Sync.Raft.Proposals;
using Sync.Raft.Roles;

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
    // No owner counts its requests that far.
    private const ulong FirstConfirmation = 1UL << 63;

    private readonly MemberSettings _settings;
    private readonly Consensus _consensus;
    private readonly Keyspace _keyspace;
    private readonly PendingProposals _proposals = new();
    private readonly PendingReads _reads;
    private readonly PendingRemovals _removals = new();
    private readonly LeaseKeeper _leases;
    private readonly MemberTurn _turn = new();

    // Renewals that wait until a majority has said that this member still leads, by the name of that question.
    private readonly Dictionary<RequestId, (RequestId Request, LeaseId Lease, Term Term)> _unconfirmed = [];

    private ClusterMembers _members;

    // The last entry in the state; _lastIndex is not before it.
    private LogIndex _applied;
    private Term _appliedTerm;
    private LogIndex _lastIndex;

    private long _tick;
    private ulong _lastConfirmation = FirstConfirmation;
    private bool _servesReadsAlone;
    private bool _publishesSelf;
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
        _reads = new PendingReads(settings.FirstReadContext, settings.ReadRetryTicks);
        _leases = new LeaseKeeper(settings, keyspace.Publish().Leases(), nowMilliseconds);
    }

    /// <summary>Where the member stands now.</summary>
    public MemberStatus Status => new(
        _consensus.Role, _consensus.Term, _consensus.Leader, _lastIndex, _applied, _members, _servesReadsAlone);

    /// <summary>The state for a checkpoint, at the last entry applied.</summary>
    public MemberImage Image => new(_applied, _appliedTerm, _members, _keyspace.Image());

    /// <summary>Whether another turn has work to do without any further input.</summary>
    public bool NeedsTurn => _consensus.HasReady || _hasRemovals;

    /// <summary>Stands for election at once; a single voter leads as soon as its vote is durable.</summary>
    public void Campaign() => _consensus.Campaign();

    /// <summary>Lets one tick pass.</summary>
    /// <param name="nowMilliseconds">The time of the monotonic clock.</param>
    public void Tick(long nowMilliseconds)
    {
        _tick++;
        _consensus.Tick();
        _leases.Observe(nowMilliseconds);
        _proposals.TakeOverdue(_tick, _turn.FailedList);
        _reads.Tick(_tick, _leadershipChanged, _turn.FailedList);
        NameRenewals();
        _leadershipChanged = false;
        foreach (var command in _leases.TakeProposals(_tick))
        {
            Propose(RequestId.None, MemberCommandCodec.Encode(command));
        }
    }

    /// <summary>Says what time it is, before requests that depend on it.</summary>
    /// <param name="nowMilliseconds">The time of the monotonic clock; not before the one last told.</param>
    public void Observe(long nowMilliseconds) => _leases.Observe(nowMilliseconds);

    /// <summary>Takes in a message of another member.</summary>
    public void Receive(Message message) => _consensus.Step(message);

    /// <summary>Takes note that everything up to a Ready's writes is durable.</summary>
    /// <param name="readyNumber">The number of the last one.</param>
    public void Written(ulong readyNumber) => _consensus.Persisted(readyNumber);

    /// <summary>Proposes a command; <see cref="MemberTurn.Applied"/> or <see cref="MemberTurn.Failed"/> answers.</summary>
    /// <param name="request">Who waits; none when nobody does.</param>
    /// <param name="payload">What <see cref="MemberCommandCodec"/> encoded; not changed any more.</param>
    public void Propose(RequestId request, ReadOnlyMemory<byte> payload)
    {
        switch (_consensus.Propose(payload))
        {
            case ProposalOutcome.Accepted accepted when request != RequestId.None:
                _proposals.Add(accepted.FirstIndex, accepted.Term, request, Deadline);
                break;
            case ProposalOutcome.Accepted:
                break;
            case ProposalOutcome.TooMuchUncommitted:
                Fail(request, RequestFailure.TooMuchWaiting);
                break;
            case ProposalOutcome.NotLeader or ProposalOutcome.LeadershipMoving:
                Fail(request, RequestFailure.NotLeader);
                break;
        }
    }

    /// <summary>Asks for a linearizable read; <see cref="MemberTurn.Reads"/> answers.</summary>
    public void Read(RequestId request) => _reads.Add(request, Deadline);

    /// <summary>Renews a lease; <see cref="MemberTurn.Renewals"/> or <see cref="MemberTurn.Failed"/> answers.</summary>
    /// <remarks>
    /// A leader that was stopped or cut off may be none any more, and another one may have ended the lease. So it first
    /// asks a majority, as for a read.
    /// </remarks>
    public void Renew(RequestId request, LeaseId lease)
    {
        if (_consensus.Role != RoleKind.Leader)
        {
            Fail(request, RequestFailure.NotLeader);
            return;
        }

        var confirmation = new RequestId(++_lastConfirmation);
        _unconfirmed.Add(confirmation, (request, lease, _consensus.Term));
        _reads.Add(confirmation, Deadline);
    }

    /// <summary>The time that a lease has left, in whole seconds, or null when it is unknown here.</summary>
    public long? RemainingSeconds(LeaseId lease) => _leases.RemainingSeconds(lease);

    /// <summary>All leases, those that end first before the others.</summary>
    public IReadOnlyList<LeaseId> ListLeases() => _leases.List();

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
        foreach (var (request, lease) in _leases.TakeReleased())
        {
            RenewNow(request, lease);
        }

        if (_viewIsOld)
        {
            _turn.View = _keyspace.Publish();
            _viewIsOld = false;
        }

        _reads.TakeServed(_applied, _turn.ReadList);
        RenewConfirmed();
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
        }

        foreach (var answer in ready.ReadStates)
        {
            _reads.Confirm(answer);
        }
    }

    private void ChangeRole(RoleChange change)
    {
        _leadershipChanged = true;
        if (change.Role != RoleKind.Leader)
        {
            _servesReadsAlone = false;
            _leases.Demote(_turn.FailedList);
            _proposals.TakeAll(_turn.FailedList);
        }
    }

    private void Apply(Entry entry)
    {
        Invariant.Require(entry.Index == _applied.Next, $"entry {entry.Index} is applied after {_applied}");

        var request = _proposals.Take(entry.Index, entry.Term);
        _applied = entry.Index;
        _appliedTerm = entry.Term;
        if (!entry.Payload.IsEmpty)
        {
            Apply(request, MemberCommandCodec.Decode(entry.Payload));
        }
        else if (_consensus.Role == RoleKind.Leader && entry.Term == _consensus.Term)
        {
            BeginToLead();
        }
    }

    // The first entry of the own term: everything of earlier leaders is applied now.
    private void BeginToLead()
    {
        _servesReadsAlone = _consensus.Configuration is { IsJoint: false, Voters.Length: 1 };
        _leases.Promote(_settings.LeaseExtensionMilliseconds);
        if (!_publishesSelf && _settings.Self != _members.Find(_settings.Self.Id))
        {
            _publishesSelf = true;
            Propose(RequestId.None, MemberCommandCodec.Encode(new MemberCommand.PublishMember(_settings.Self)));
        }
    }

    private void Apply(RequestId request, MemberCommand command)
    {
        switch (command)
        {
            case MemberCommand.ChangeKeyspace change:
                var outcome = _keyspace.Apply(change.Command);
                _leases.Applied(change.Command, outcome);
                if (request != RequestId.None)
                {
                    _turn.AppliedList.Add(new AppliedRequest(request, outcome));
                }

                break;
            case MemberCommand.PublishMember publish:
                _members = _members.With(publish.Member);
                break;
        }
    }

    private void RenewConfirmed()
    {
        foreach (var read in _turn.ReadList)
        {
            if (!_unconfirmed.Remove(read, out var renewal))
            {
                continue;
            }

            if (_consensus.Role == RoleKind.Leader && _consensus.Term == renewal.Term)
            {
                RenewNow(renewal.Request, renewal.Lease);
            }
            else
            {
                Fail(renewal.Request, RequestFailure.NotLeader);
            }
        }

        _turn.ReadList.RemoveAll(read => read.Value > FirstConfirmation);
    }

    // What failed are their questions; their owner knows them by another name.
    private void NameRenewals()
    {
        foreach (ref var failed in CollectionsMarshal.AsSpan(_turn.FailedList))
        {
            if (_unconfirmed.Remove(failed.Request, out var renewal))
            {
                failed = failed with { Request = renewal.Request };
            }
        }
    }

    private void RenewNow(RequestId request, LeaseId lease)
    {
        switch (_leases.Renew(request, lease, _turn.RenewalList))
        {
            case { Failure: { } failure }:
                Fail(request, failure);
                break;
            case { Proposal: { } proposal }
                when _consensus.Propose(MemberCommandCodec.Encode(proposal)) is not ProposalOutcome.Accepted:
                foreach (var waiting in _leases.TakeWaiting(lease))
                {
                    Fail(waiting, RequestFailure.TooMuchWaiting);
                }

                break;
        }
    }

    private void RemoveSome(Revision watched)
    {
        _hasRemovals = _keyspace.RemovedRevision < _keyspace.CompactedRevision
            && _keyspace.CompactStep(_settings.RemovalsPerTurnMax, watched);
    }

    private void Fail(RequestId request, RequestFailure failure)
    {
        if (request != RequestId.None)
        {
            _turn.FailedList.Add(new FailedRequest(request, failure));
        }
    }
}
