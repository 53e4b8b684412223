using Sync.Disk.Checkpoints;
using Sync.Member;
using Sync.Member.Membership;
using Sync.Member.Turns;
using Sync.Raft;
using Sync.Raft.Roles;
using Sync.Store.Durability;
using Sync.Store.Hosting;
using Sync.Store.Options;
using Sync.Store.Watching;

namespace Sync.Store.Replication;

/// <summary>
/// Owns the member: one thread that takes what arrived as a batch, lets the member do one turn, and carries the
/// turn's effects out in the order that <see cref="MemberTurn"/> states.
/// </summary>
internal sealed partial class MemberLoop : BackgroundService
{
    // About how much of mostly dead segments one turn copies: small enough to be no pause for clients.
    private const int RewriteBytesPerTurn = 256 * 1024;

    private readonly RestoredMember _restored;
    private readonly GroupMember _member;
    private readonly Inbox<MemberRequest> _inbox;
    private readonly LogLoop _logLoop;
    private readonly UpkeepLoop _upkeep;
    private readonly PublishedState _published;
    private readonly WatchInbox _watches;
    private readonly FailStop _failStop;
    private readonly TimeProvider _time;
    private readonly ILogger<MemberLoop> _logger;
    private readonly TimeSpan _tickInterval;
    private readonly ulong _snapshotCount;
    private readonly long _snapshotCatchUpEntries;
    private readonly OpenQuestions _questions = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LogIndex _checkpointed;
    private bool _hasRewrites;

    /// <summary>A loop that has not started.</summary>
    public MemberLoop(
        RestoredMember restored,
        Inbox<MemberRequest> inbox,
        LogLoop logLoop,
        UpkeepLoop upkeep,
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
        _published = published;
        _watches = watches;
        _failStop = failStop;
        _time = time;
        _logger = logger;
        _tickInterval = settings.HeartbeatInterval;
        _snapshotCount = (ulong)settings.SnapshotCount;
        _snapshotCatchUpEntries = settings.SnapshotCatchUpEntries;
        _checkpointed = restored.Directory.Checkpoints.Newest?.Applied ?? LogIndex.None;
    }

    /// <summary>Starts the thread and returns when the member serves: it has replayed its log and leads.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken);
        await _ready.Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await OwnThread.RunAsync("member", () => Run(stoppingToken), _failStop);
        _ready.TrySetResult();
        _questions.FailAll();
        foreach (var late in _inbox.Close())
        {
            OpenQuestions.Fail(late, RequestFailure.Stopped);
        }
    }

    private void Run(CancellationToken stopping)
    {
        var nextTick = _time.GetTimestamp();
        _member.Campaign();
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

                // Ticks that a stall swallowed are not made up for: what waits would be timed out by them at once.
                nextTick = Math.Max(
                    nextTick + (long)(_tickInterval.TotalSeconds * _time.TimestampFrequency), _time.GetTimestamp());
            }

            CarryOut(_member.TakeTurn(_watches.Seen));
            SaveCheckpointWhenDue();
            _hasRewrites = _restored.Directory.Segments.RewriteStep(
                RewriteBytesPerTurn, _restored.Keyspace.Relocate);
            PublishSize();
        }
    }

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
                time.Answer(_member.RemainingSeconds(time.Lease));
                break;
            case MemberRequest.LeaseListing listing:
                listing.Answer(_member.ListLeases());
                break;
            case MemberRequest.Removal removal:
                _member.AwaitRemoval(_questions.Add(removal), removal.Compaction);
                break;
            case MemberRequest.Written written:
                _member.Written(written.ReadyNumber);
                break;
            case MemberRequest.Capturing capturing:
                capturing.Answer(_restored.Directory.Capture(Checkpoint(_member.Image), _published.View));
                break;
            case MemberRequest.CheckpointSaved:
                _restored.Directory.DropLog(_snapshotCatchUpEntries);
                break;
        }
    }

    private void CarryOut(MemberTurn turn)
    {
        if (turn.Ready is { } ready)
        {
            Write(ready);
        }

        if (turn.View is { } view)
        {
            _restored.Directory.Segments.Published(view);
            _published.View = view;
            _published.Status = _member.Status;
            _watches.Look();
            if (_published.Status.ServesReadsAlone)
            {
                _ready.TrySetResult();
            }
        }

        if (turn.Ready?.RoleChange is { } change)
        {
            _published.Status = _member.Status;
            Tell(change);
        }

        _questions.Answer(turn, _published.View);
        _member.FinishTurn();
    }

    private void PublishSize()
    {
        var segments = _restored.Directory.Segments;
        var size = new DataSize(segments.TotalBytes, segments.DeadBytes);
        if (size != _published.Size)
        {
            _published.Size = size;
        }
    }

    private void Tell(RoleChange change)
    {
        if (change.Role == RoleKind.Leader)
        {
            Log.Leads(_logger, change.Term.Value);
        }
        else
        {
            Log.RoleChanged(_logger, change.Role, change.Term.Value, change.Leader.Value);
        }
    }

    private void Write(Ready ready)
    {
        // A single voter has nobody to send to, so a Ready carries no messages here.
        if (ready.Entries.Length > 0 || ready.HardState is not null)
        {
            var ticket = _restored.Log.Append(ready.Entries.Span, ready.HardState);
            if (ready.MustSync)
            {
                _logLoop.Appended(ticket, ready.Number);
            }
        }
    }

    private void SaveCheckpointWhenDue()
    {
        var applied = _published.Status.Applied;
        if (applied.Value - _checkpointed.Value < _snapshotCount || _upkeep.IsSaving)
        {
            return;
        }

        var image = _member.Image;
        _checkpointed = image.Applied;
        _upkeep.Save(Checkpoint(image), _restored.Directory.Segments.Capture());
    }

    private Checkpoint Checkpoint(MemberImage image)
    {
        var identity = _restored.Directory.Identity;
        return new Checkpoint
        {
            Group = identity.Group,
            Incarnation = identity.Incarnation,
            Applied = image.Applied,
            AppliedTerm = image.AppliedTerm,
            Configuration = _restored.Configuration,
            Membership = ClusterMembersCodec.Encode(image.Members),
            Keyspace = image.Keyspace,
        };
    }
}
