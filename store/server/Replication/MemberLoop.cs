using Sync.Disk.Checkpoints;
using Sync.Member;
using Sync.Member.Forwarding;
using Sync.Member.Turns;
using Sync.Mvcc;
using Sync.Raft;
using Sync.Raft.Membership;
using Sync.Raft.Messages;
using Sync.Raft.Roles;
using Sync.Raft.Snapshots;
using Sync.Store.Durability;
using Sync.Store.Hosting;
using Sync.Store.Options;
using Sync.Store.Peers;
using Sync.Store.Snapshots;
using Sync.Store.Watching;

namespace Sync.Store.Replication;

/// <summary>
/// Owns the member: one thread that takes what arrived as a batch, lets the member do one turn, and carries the
/// turn's effects out.
/// </summary>
internal sealed partial class MemberLoop : BackgroundService, ITurnEffects
{
    /// <summary>Why a member that was removed stops, and does not start again.</summary>
    public const string RemovedText = "the member has been permanently removed from the cluster; to bring this machine "
        + "back, add a new member and start it with an empty data directory";

    // About how much of mostly dead segments one turn copies: small enough to be no pause for clients.
    private const int RewriteBytesPerTurn = 256 * 1024;

    private readonly RestoredMember _restored;
    private readonly GroupMember _member;
    private readonly Inbox<MemberRequest> _inbox;
    private readonly LogLoop _logLoop;
    private readonly UpkeepLoop _upkeep;
    private readonly PeerLinks _peers;
    private readonly SnapshotSender _snapshots;
    private readonly PublishedState _published;
    private readonly WatchInbox _watches;
    private readonly FailStop _failStop;
    private readonly TimeProvider _time;
    private readonly ILogger<MemberLoop> _logger;
    private readonly TimeSpan _tickInterval;
    private readonly ulong _snapshotCount;
    private readonly long _snapshotCatchUpEntries;
    private readonly OpenQuestions _questions = new();
    private readonly PendingTransfers _transfers = new();
    private readonly List<MemberRequest.Defragmentation> _defragmentations = [];
    private readonly DurableMessages _promises = new();
    private readonly long _electionTicks;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Keyspace _keyspace;

    // The snapshot that the consensus has accepted, until it says to install it.
    private MemberRequest.SnapshotReceived? _accepted;
    private LogIndex _checkpointed;
    private long _tick;

    // Set once the member is about to stop, with the tick by which what is open then has waited for long enough.
    private MemberRequest.LastAnswers? _lastAnswers;
    private long _lastAnswersBy;

    // The tick at which a member that was removed asks the others again whether they know it.
    private long _asksAgainAt;
    private bool _hasRewrites;

    /// <summary>A loop that has not started.</summary>
    public MemberLoop(
        RestoredMember restored,
        Inbox<MemberRequest> inbox,
        LogLoop logLoop,
        UpkeepLoop upkeep,
        PeerLinks peers,
        SnapshotSender snapshots,
        PublishedState published,
        WatchInbox watches,
        FailStop failStop,
        StoreSettings settings,
        TimeProvider time,
        ILogger<MemberLoop> logger)
    {
        _restored = restored;
        _member = restored.Member;
        _inbox = inbox;
        _logLoop = logLoop;
        _upkeep = upkeep;
        _peers = peers;
        _snapshots = snapshots;
        _keyspace = restored.Keyspace;
        _published = published;
        _watches = watches;
        _failStop = failStop;
        _time = time;
        _logger = logger;
        _tickInterval = settings.HeartbeatInterval;
        _electionTicks = (long)(settings.ElectionTimeout / settings.HeartbeatInterval);
        _snapshotCount = (ulong)settings.SnapshotCount;
        _snapshotCatchUpEntries = settings.SnapshotCatchUpEntries;
        _checkpointed = restored.Directory.Checkpoints.Newest?.Applied ?? LogIndex.None;
    }

    /// <summary>
    /// Starts the thread. A member that votes alone has replayed its log and leads when this returns; one of several
    /// must open its peer port before it can have a leader, and tells by <c>/health</c> when it serves.
    /// </summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken);
        if (VotesAlone)
        {
            await _ready.Task.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await OwnThread.RunAsync("member", () => Run(stoppingToken), _failStop);
        _ready.TrySetResult();
        FailOpen();
        foreach (var late in new MemberRequest?[] { _accepted, _lastAnswers }.OfType<MemberRequest>().Concat(_inbox.Close()))
        {
            OpenQuestions.Fail(late, RequestFailure.Stopped);
        }
    }

    private void Run(CancellationToken stopping)
    {
        Log.Restored(
            _logger,
            _checkpointed.Value,
            (_restored.Directory.Checkpoints.Newest?.Keyspace.Revision ?? Revision.None).Value,
            _member.Status.LastIndex.Value - _checkpointed.Value);
        var nextTick = _time.GetTimestamp();
        if (VotesAlone)
        {
            _member.Campaign();
        }

        while (!stopping.IsCancellationRequested && !_failStop.HasFailed)
        {
            var arrived = _inbox.Drain(Patience(nextTick));
            _member.Observe(Milliseconds(_time.GetTimestamp()));
            foreach (var request in arrived)
            {
                Take(request);
            }

            if (_time.GetElapsedTime(nextTick) >= TimeSpan.Zero)
            {
                _member.Tick(Milliseconds(_time.GetTimestamp()));
                _transfers.Advance(_member.Status.Leader, ++_tick);
                LeaveWhenRemoved();

                // Ticks that a stall swallowed are not made up for: what waits would be timed out by them at once.
                nextTick = Math.Max(
                    nextTick + (long)(_tickInterval.TotalSeconds * _time.TimestampFrequency), _time.GetTimestamp());
            }

            _member.TakeTurn(_watches.Seen).CarryOut(this);
            _member.FinishTurn();
            AnswerLast();
            SaveCheckpointWhenDue();
            Rewrite();
        }
    }

    private void AnswerLast()
    {
        if (_lastAnswers is { } last && ((_questions.IsEmpty && _defragmentations.Count == 0) || _lastAnswersBy <= _tick))
        {
            FailOpen();
            last.Answer(true);
        }
    }

    private void FailOpen()
    {
        _questions.FailAll();
        _transfers.FailAll();
        _defragmentations.ForEach(open => OpenQuestions.Fail(open, RequestFailure.Stopped));
        _defragmentations.Clear();
    }

    private void Rewrite()
    {
        var segments = _restored.Directory.Segments;
        _hasRewrites = segments.RewriteStep(RewriteBytesPerTurn, _keyspace.Relocate);
        if (segments.NeedsView)
        {
            _member.RenewView();
        }

        PublishSize();
        if (!segments.IsGivingBack)
        {
            _defragmentations.ForEach(done => done.Answer(true));
            _defragmentations.Clear();
        }
    }

    private bool VotesAlone => IsAlone(_restored.Configuration);

    private bool IsAlone(GroupConfiguration configuration) =>
        configuration.Voters is [var only] && only == _restored.Directory.Identity.Member;

    private TimeSpan Patience(long nextTick)
    {
        var untilTick = -_time.GetElapsedTime(nextTick);
        return _member.NeedsTurn || _hasRewrites || untilTick < TimeSpan.Zero ? TimeSpan.Zero : untilTick;
    }

    private long Milliseconds(long timestamp) =>
        (long)_time.GetElapsedTime(0, timestamp).TotalMilliseconds;

    private void Take(MemberRequest request)
    {
        switch (request)
        {
            case var late when _lastAnswers is not null && IsRefusedLately(late):
                OpenQuestions.Fail(late, RequestFailure.Stopped);
                break;
            case MemberRequest.LastAnswers last:
                (_lastAnswers, _lastAnswersBy) = (last, _tick + _electionTicks);
                break;
            case MemberRequest.Proposal proposal:
                _member.Propose(_questions.Add(proposal), proposal.Payload);
                break;
            case MemberRequest.LinearizableRead read:
                _member.Read(_questions.Add(read));
                break;
            case MemberRequest.LeaseRenewal renewal:
                _member.Renew(_questions.Add(renewal), renewal.Lease);
                break;
            case MemberRequest.LeaseRemainingTime time:
                _member.AskRemaining(_questions.Add(time), time.Lease);
                break;
            case MemberRequest.LeaseListing listing:
                listing.Answer(_member.ListLeases());
                break;
            case MemberRequest.Removal removal:
                _member.AwaitRemoval(_questions.Add(removal), removal.Compaction);
                break;
            case MemberRequest.LeadershipTransfer transfer:
                _transfers.Begin(_member, transfer, _tick + (2 * _electionTicks));
                break;
            case MemberRequest.MembersChange change:
                _member.Change(_questions.Add(change), change.Change);
                break;
            case MemberRequest.Downgrade downgrade:
                _member.Propose(_questions.Add(downgrade), downgrade.Payload);
                break;
            case MemberRequest.SnapshotReceived received:
                Take(received);
                break;
            case MemberRequest.SnapshotEnded ended:
                _member.ReportSnapshot(ended.Follower, ended.Outcome);
                break;
            case MemberRequest.ConsensusSaid said:
                _member.Receive(said.Message);
                break;
            case MemberRequest.MemberSaid said:
                _member.Receive(said.Message);
                break;
            case MemberRequest.PeerUnreachable unreachable:
                unreachable.Taken();
                _member.ReportUnreachable(unreachable.Peer);
                break;
            case MemberRequest.Written written:
                foreach (var promise in _promises.TakeDurable(written.ReadyNumber))
                {
                    _peers.Send(promise);
                }

                _member.Written(written.ReadyNumber);
                break;
            case MemberRequest.Defragmentation defragmentation:
                _restored.Directory.Segments.Defragment();
                _defragmentations.Add(defragmentation);
                break;
            case MemberRequest.Capturing capturing:
                capturing.Answer(_restored.Directory.Capture(StateOf(_member.Image), _keyspace.View));
                break;
            case MemberRequest.CheckpointSaved:
                DropLog();
                break;
        }
    }

    private static bool IsRefusedLately(MemberRequest request) =>
        request is MemberRequest.Proposal or MemberRequest.LinearizableRead or MemberRequest.LeaseRenewal
            or MemberRequest.LeaseRemainingTime or MemberRequest.Removal or MemberRequest.ChangeOfCluster
            or MemberRequest.Defragmentation or MemberRequest.LeadershipTransfer;

    private void Take(MemberRequest.SnapshotReceived received)
    {
        if (_member.Offer(received.Offer) == SnapshotVerdict.Accepted)
        {
            _accepted = received;
        }
        else
        {
            received.Staging.Dispose();
            received.Answer(true);
        }
    }

    private void DropLog()
    {
        var directory = _restored.Directory;
        var checkpoint = directory.Checkpoints.Newest?.Applied ?? LogIndex.None;
        if (directory.DropLog(_snapshotCatchUpEntries, _member.FindNeededLog(checkpoint)))
        {
            // It is written now, for a quiet member has nothing else to write.
            _logLoop.Appended(ticket: 0, readyNumber: 0);
        }
    }

    void ITurnEffects.Send(Message message) => _peers.Send(message);

    void ITurnEffects.Send(MemberMessage message) => _peers.Send(message);

    void ITurnEffects.Install(SnapshotHeader snapshot)
    {
        if (_accepted is not { Staging: { Manifest: { } manifest } staging } received)
        {
            throw new Member.InvariantException("a snapshot that is to be installed was received whole");
        }

        _accepted = null;
        var directory = _restored.Directory;
        directory.Install(staging);
        staging.Dispose();
        _keyspace = Keyspace.Restore(
            _restored.KeyspaceSettings, directory.Segments, manifest.State.Keyspace, directory.Changes());
        _member.Install(_keyspace, MemberCheckpoint.ImageOf(manifest.State));
        directory.Segments.Published(_keyspace.View);
        _checkpointed = manifest.State.Applied;
        received.Answer(true);
        Log.Installed(_logger, manifest.Member.Value, manifest.State.Applied.Value, manifest.State.Keyspace.Revision.Value);
    }

    void ITurnEffects.Write(Ready ready)
    {
        if (ready.HasWrites)
        {
            var ticket = _restored.Log.Append(ready.Entries.Span, ready.HardState);
            if (ready.MustSync)
            {
                _logLoop.Appended(ticket, ready.Number);
            }
        }

        _promises.Add(ready);
    }

    void ITurnEffects.Publish(KeyspaceView view)
    {
        _restored.Directory.Segments.Published(view);
        _published.View = view;
        _published.Status = _member.Status;
        _peers.Follow(_published.Status.Members);
        _watches.Look();

        // The log may hold that others vote too: then it must open its peer port before it can have a leader.
        if (_published.Status.ServesReadsAlone || !IsAlone(_published.Status.Configuration))
        {
            _ready.TrySetResult();
        }
    }

    void ITurnEffects.SendSnapshot(SnapshotNeed need) =>
        _snapshots.Send(need, _restored.Directory.Capture(StateOf(_member.Image), _keyspace.View));

    void ITurnEffects.Tell(RoleChange change)
    {
        _published.Status = _member.Status;
        if (change.Role == RoleKind.Leader)
        {
            Log.Leads(_logger, change.Term.Value);
        }
        else
        {
            Log.RoleChanged(_logger, change.Role, change.Term.Value, change.Leader.Value);
        }
    }

    void ITurnEffects.Answer(MemberTurn turn) => _questions.Answer(turn, _published.View);

    private void PublishSize()
    {
        var segments = _restored.Directory.Segments;
        var size = new DataSize(segments.TotalBytes, segments.DeadBytes, segments.WaitingBytes);
        if (size != _published.Size)
        {
            _published.Size = size;
        }
    }

    // A leader that was removed leads on until a majority of the others knows. Who follows stays until one of them says that
    // it was removed, which ends the process: as long as none does they may need its vote, or what it knows to be committed.
    private void LeaveWhenRemoved()
    {
        if (_tick >= _asksAgainAt && _member.Status.Role != RoleKind.Leader
            && _published.Status.Members.WasRemoved(_restored.Directory.Identity.Member))
        {
            _peers.AskAgain();
            _asksAgainAt = _tick + _electionTicks;
        }
    }

    private void SaveCheckpointWhenDue()
    {
        // What was just installed is newer than what is published, and is a checkpoint already.
        var applied = _published.Status.Applied;
        if (applied < _checkpointed || _upkeep.IsSaving
            || (applied.Value - _checkpointed.Value < _snapshotCount && !_restored.Directory.NeedsCheckpoint(applied)))
        {
            return;
        }

        var image = _member.Image;
        _checkpointed = image.Applied;
        _upkeep.Save(StateOf(image), _restored.Directory.Segments.Capture());
    }

    private Checkpoint StateOf(MemberImage image) =>
        MemberCheckpoint.Of(_restored.Directory.Identity, image);
}
