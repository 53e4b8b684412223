using Sync.Raft.Log;
using Sync.Raft.Membership;
using Sync.Raft.Messages;
using Sync.Raft.Proposals;
using Sync.Raft.Reads;
using Sync.Raft.Roles;
using Sync.Raft.Snapshots;

namespace Sync.Raft;

/// <summary>
/// One member of a Raft group as a deterministic state machine: it takes ticks, messages and wishes, and
/// gives back one <see cref="Ready"/> with what to write, send and apply. It does no I/O and knows no clock.
/// Source: Raft paper and thesis.
/// </summary>
/// <remarks>Not thread-safe: one thread owns it.</remarks>
public sealed class Consensus
{
    private readonly MemberState _member;
    private Role _role;
    private HardState _written;

    // What the last write that had to be synced said is committed: a commit that was written alone may not be durable.
    private LogIndex _syncedCommit;
    private RoleChange _told;
    private ulong _readyNumber;

    /// <summary>A member in the role of follower, as it was when it last stopped.</summary>
    /// <param name="settings">Valid settings, see <see cref="ConsensusSettings.Validate"/>.</param>
    /// <param name="restored">The last hard state written, or <see cref="HardState.Initial"/>.</param>
    /// <param name="configuration">
    /// Who votes and who listens, as of <paramref name="applied"/>: what a checkpoint or a snapshot says, or what
    /// the group began with. Changes after it are found in the log.
    /// </param>
    /// <param name="log">
    /// The durable log. It may be empty and begin after a snapshot: <c>FirstIndex = applied + 1</c>, and the term
    /// of <paramref name="applied"/> is known.
    /// </param>
    /// <param name="applied">
    /// The last entry that the state machine holds already, in <c>[FirstIndex - 1, LastIndex]</c> of the log;
    /// entries after it are given to apply. It counts as committed.
    /// </param>
    /// <param name="random">Spreads election timeouts; owned by the core from now on.</param>
    /// <exception cref="ArgumentException">The settings are not valid.</exception>
    /// <exception cref="InvariantException">
    /// The parts do not fit each other: something is missing from the log.
    /// </exception>
    public Consensus(
        ConsensusSettings settings, HardState restored, GroupConfiguration configuration, ILogReader log,
        LogIndex applied, Random random)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(restored);
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(random);
        if (settings.Validate() is { Count: > 0 } faults)
        {
            throw new ArgumentException(string.Join(' ', faults), nameof(settings));
        }

        var raftLog = new RaftLog(log, restored.Commit, applied);
        _member = new MemberState(settings, restored, configuration, raftLog, random);
        if (raftLog.LastTerm > restored.Term)
        {
            // A crash tore a write apart: the entries of a term became durable and the term did not, so no
            // vote was given in it.
            _member.EnterTerm(raftLog.LastTerm);
        }

        _role = new Follower(_member, MemberId.None, mayHaveHeard: settings.LeaseReads);
        _written = restored;
        _syncedCommit = LogIndex.Max(restored.Commit, applied);
        _told = new RoleChange(RoleKind.Follower, _member.Term, MemberId.None);
    }

    /// <summary>Whether <see cref="TakeReady"/> would return anything to do.</summary>
    public bool HasReady =>
        _member.Log.HasUnwritten || _member.Log.HasUnapplied || HasChangeToSecure || _member.Outbox.Any
        || _member.ReadStates.Count > 0 || _member.SnapshotToInstall is not null
        || HasNewHardState || HasChangedRole || _role.HasDue;

    /// <summary>Where the member stands. Allocates; not for every turn of a loop.</summary>
    public ConsensusStatus Status => new()
    {
        Member = _member.Self,
        Role = _role.Kind,
        Term = _member.Term,
        Vote = _member.Vote,
        Leader = _role.KnownLeader,
        Configuration = _member.Configuration,
        LastIndex = _member.Log.LastIndex,
        Persisted = _member.Log.Persisted,
        Commit = _member.Log.Commit,
        Applied = _member.Log.Applied,
        UncommittedBytes = _role.UncommittedBytes,
        Followers = _role.Followers,
    };

    /// <summary>What the member is.</summary>
    public RoleKind Role => _role.Kind;

    /// <summary>The member's term.</summary>
    public Term Term => _member.Term;

    /// <summary>
    /// The leader as far as this member knows, or <see cref="MemberId.None"/>. A follower takes no proposals and
    /// passes none on: its owner does, and finds here where to.
    /// </summary>
    public MemberId Leader => _role.KnownLeader;

    /// <summary>Who votes and who listens, as of the last change that was applied.</summary>
    public GroupConfiguration Configuration => _member.Configuration;

    /// <summary>The last entry known to be committed; it may not be durable here yet.</summary>
    public LogIndex Commit => _member.Log.Commit;

    private LogIndex DurableCommit => LogIndex.Min(_member.Log.Commit, _member.Log.Persisted);

    private bool HasNewBallot => _member.Term != _written.Term || _member.Vote != _written.Vote;

    private bool HasChangeToSecure => _member.Log.HasChangeToSecure(_syncedCommit);

    private bool HasNewHardState => HasNewBallot || DurableCommit > _written.Commit;

    private bool HasChangedRole =>
        _role.Kind != _told.Role || _member.Term != _told.Term || _role.KnownLeader != _told.Leader;

    /// <summary>Lets one tick of time pass.</summary>
    public void Tick()
    {
        _member.Writes.Tick();
        _role = _role.Tick();
    }

    /// <summary>
    /// Stands for election at once instead of after the timeout; nothing happens when the member leads or has
    /// no vote. A single voter leads as soon as its own vote is reported durable, without a tick.
    /// </summary>
    public void Campaign() => _role = _role.Campaign();

    /// <summary>Takes in a message of another member. It may be any message at any time.</summary>
    /// <param name="message">A message addressed to this member.</param>
    public void Step(Message message)
    {
        ArgumentNullException.ThrowIfNull(message);
        Invariant.Require(message.To == _member.Self, $"a message reaches whom it is for: {message.To}");

        LearnCommit(message);
        if (message.Term < _member.Term)
        {
            RefuseStale(message);
            return;
        }

        if (message.Term > _member.Term && !TakesNewer(message))
        {
            return;
        }

        _role = message switch
        {
            VoteRequest request => Election.Answer(_member, _role, request),
            PreVoteRequest request => Election.Answer(_member, _role, request),
            SnapshotOffer offer => _role.Offered(offer, out _),
            _ => _role.Step(message),
        };
    }

    /// <summary>
    /// Takes in that a snapshot is whole and durable beside this member's own state. Like
    /// <see cref="Step"/>, which would not tell what becomes of it.
    /// </summary>
    /// <param name="offer">A message addressed to this member.</param>
    /// <returns>Whether the owner is to keep it for <see cref="Ready.Snapshot"/>, or to discard it.</returns>
    public SnapshotVerdict Offer(SnapshotOffer offer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        Invariant.Require(offer.To == _member.Self, $"a snapshot reaches whom it is for: {offer.To}");

        if (offer.Term < _member.Term)
        {
            RefuseStale(offer);
            return SnapshotVerdict.Stale;
        }

        if (offer.Term > _member.Term)
        {
            TakesNewer(offer);
        }

        _role = _role.Offered(offer, out var verdict);
        return verdict;
    }

    /// <summary>Appends one payload, if this member leads.</summary>
    /// <param name="payload">Not empty. The caller must not change the bytes any more.</param>
    public ProposalOutcome Propose(ReadOnlyMemory<byte> payload) => Propose([payload]);

    /// <summary>Appends several payloads in order, all or none, if this member leads.</summary>
    /// <param name="payloads">
    /// At least one, none of them empty. The caller must not change the bytes any more.
    /// </param>
    public ProposalOutcome Propose(ReadOnlySpan<ReadOnlyMemory<byte>> payloads) => _role.Propose(payloads);

    /// <summary>
    /// Proposes a change of the configuration, if this member leads. One is made at a time, and it takes effect
    /// when it is applied: once its entry is in <see cref="Ready.Committed"/>, the owner calls
    /// <see cref="ApplyChange"/>. Source: Raft thesis, sections 4.1 to 4.3.
    /// </summary>
    /// <param name="change">The change.</param>
    public ProposalOutcome Propose(ConfigurationChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return _role.Propose(change);
    }

    /// <summary>
    /// Puts a committed change of the configuration in force. For each entry of kind
    /// <see cref="EntryKind.Configuration"/> in <see cref="Ready.Committed"/> either this or
    /// <see cref="SkipChange"/> is called, in its place in the order, before <see cref="AppliedTo"/> names it.
    /// </summary>
    /// <param name="entry">The entry.</param>
    /// <returns>The configuration in force from now on.</returns>
    /// <exception cref="FormatException">This version cannot read the entry; the member cannot go on.</exception>
    public GroupConfiguration ApplyChange(Entry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var change = ConfigurationChangeCodec.Decode(entry.Payload);
        _member.Log.ChangeApplied(entry.Index);
        var verdict = Reconfiguration.Apply(_member.Configuration, change);
        Invariant.Require(verdict is ChangeVerdict.Changed,
            $"a committed change fits the configuration that it was proposed for: {_member.Configuration}");
        Use(((ChangeVerdict.Changed)verdict).Configuration);
        return _member.Configuration;
    }

    /// <summary>
    /// Leaves a committed change without effect, because the owner's own state forbids it. Every member must
    /// decide the same. A change that leaves a joint configuration cannot be skipped.
    /// </summary>
    /// <param name="entry">The entry.</param>
    public void SkipChange(Entry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        Invariant.Require(!ConfigurationChangeCodec.Decode(entry.Payload).LeavesJoint,
            $"a joint configuration that is to be left at {entry.Index} is left");
        _member.Log.ChangeApplied(entry.Index);
    }

    /// <summary>
    /// Asks from which index on a read sees every write acknowledged before now. A later
    /// <see cref="Ready.ReadStates"/> answers, or nothing does when leadership changes meanwhile or a message
    /// is lost. Source: Raft thesis, section 6.4.
    /// </summary>
    /// <param name="context">Names the read; see <see cref="ReadContext"/> for what must be unique.</param>
    /// <returns>False when no leader is known, so that there is nobody to ask.</returns>
    public bool ReadIndex(ReadContext context) => _role.Read(context);

    /// <summary>
    /// Hands leadership to another voter, if this member leads. Source: Raft thesis, section 3.10.
    /// </summary>
    /// <param name="successor">Who is to lead.</param>
    public TransferOutcome TransferLeadership(MemberId successor) => _role.TransferTo(successor);

    /// <summary>
    /// Takes note that a message to a peer was not delivered: what was under way to it is sent again, one
    /// message at a time.
    /// </summary>
    /// <param name="peer">The peer that could not be reached.</param>
    public void ReportUnreachable(MemberId peer) => _role.Unreachable(peer);

    /// <summary>
    /// Takes note that the sending of a snapshot ended. It must be told for every
    /// <see cref="Ready.SnapshotNeeds"/>, whatever became of it; nothing but heartbeats goes to the follower
    /// before.
    /// </summary>
    /// <param name="peer">The follower.</param>
    /// <param name="outcome">How it ended.</param>
    public void ReportSnapshot(MemberId peer, SnapshotOutcome outcome) => _role.SnapshotEnded(peer, outcome);

    /// <summary>Everything to do since the last call. Empty when <see cref="HasReady"/> is false.</summary>
    public Ready TakeReady()
    {
        _role.SendDue();
        var snapshot = _member.TakeSnapshot();
        var secures = HasChangeToSecure;
        var mustSync = HasNewBallot || _member.Log.HasUnwritten || snapshot is not null || secures;
        var hardState = HasNewHardState || secures ? new HardState(_member.Term, _member.Vote, DurableCommit) : null;
        var roleChange = HasChangedRole ? new RoleChange(_role.Kind, _member.Term, _role.KnownLeader) : null;
        _written = hardState ?? _written;
        _told = roleChange ?? _told;
        _readyNumber++;
        if (mustSync)
        {
            _syncedCommit = _written.Commit;
            _member.Writes.Add(new PendingWrite(
                _readyNumber, _member.Log.LastIndex, _member.Term, _member.Vote, _written.Commit, snapshot));
        }

        var (messages, messagesAfterPersist) = _member.Outbox.Take(mustWait: _member.Writes.Any);
        return new Ready
        {
            Number = _readyNumber,
            Snapshot = snapshot,
            HardState = hardState,
            Entries = _member.Log.TakeUnwritten(),
            MustSync = mustSync,
            Messages = messages,
            MessagesAfterPersist = messagesAfterPersist,
            Committed = _member.Log.TakeUnapplied(_member.Settings.ApplyBytesMax),
            ReadStates = _member.TakeReadStates(),
            SnapshotNeeds = _member.TakeSnapshotNeeds(),
            RoleChange = roleChange,
        };
    }

    /// <summary>
    /// Takes note that everything to write in the Readys up to one is durable. Writes are made, and so become
    /// durable, in the order of the Readys; several may be reported with the last.
    /// </summary>
    /// <param name="readyNumber">The <see cref="Ready.Number"/> of the last durable write.</param>
    public void Persisted(ulong readyNumber)
    {
        Invariant.Require(readyNumber <= _readyNumber,
            $"only what was asked for is durable: Ready {readyNumber}, the last was {_readyNumber}");
        if (_member.Writes.Complete(readyNumber) is { } write)
        {
            var isReconfigured = _member.Persisted(write);
            _role = isReconfigured ? _role.Reconfigured() : _role;
            _role = _role.Persisted();
        }
    }

    /// <summary>Takes note that entries of <see cref="Ready.Committed"/> are applied.</summary>
    /// <param name="index">The last one; not below the one last reported.</param>
    public void AppliedTo(LogIndex index) => _member.Log.AppliedTo(index);

    private void Use(GroupConfiguration configuration)
    {
        _member.Configuration = configuration;
        _role = _role.Reconfigured();
    }

    // What is committed is so in every term. A leader knows by itself, and must, for it counts what is not.
    private void LearnCommit(Message message)
    {
        if (_role.Kind == RoleKind.Leader)
        {
            return;
        }

        var (commit, term) = message switch
        {
            VoteRequest request => (request.Commit, request.CommitTerm),
            VoteResponse { IsGranted: false } refusal => (refusal.Commit, refusal.CommitTerm),
            PreVoteRequest request => (request.Commit, request.CommitTerm),
            PreVoteResponse { IsGranted: false } refusal => (refusal.Commit, refusal.CommitTerm),
            _ => (LogIndex.None, Term.None),
        };
        _member.Log.CommitIfHeld(commit, term);
    }

    // A newer term than ours makes us its follower, but for what a pre-candidate asks and is granted: that
    // term has not begun.
    // Source: Raft paper, section 5.1; thesis, sections 4.2.3 and 9.6.
    private bool TakesNewer(Message message)
    {
        switch (message)
        {
            case PreVoteRequest or VoteRequest { IsTransfer: false }
                when _member.Settings.CheckQuorum && _role.IsLeaderAlive:
                return false;
            case PreVoteRequest:
                return true;
            case PreVoteResponse { IsGranted: true }:
                // A grant of an older pre-election must not be counted for this one.
                return message.Term == _member.Term.Next;
            default:
                _member.EnterTerm(message.Term);
                _role = IsLeaders(message) ? new Follower(_member, message.From) : _role.Outdated();
                return true;
        }
    }

    private static bool IsLeaders(Message message) =>
        message is AppendRequest or HeartbeatRequest or SnapshotOffer;

    // The sender learns that its term is over, else it could go on for ever. Source: Raft paper, section 5.1.
    private void RefuseStale(Message message)
    {
        var (self, term) = (_member.Self, _member.Term);
        Message? answer = message switch
        {
            PreVoteRequest request => Election.Refuse(_member, request),
            VoteRequest request => Election.Refuse(_member, request),
            AppendRequest or HeartbeatRequest or SnapshotOffer => new AppendRejected(
                self, message.From, term, LogIndex.None, LogIndex.None, Term.None),
            _ => null,
        };
        if (answer is not null)
        {
            _member.Outbox.Send(answer);
        }
    }
}
