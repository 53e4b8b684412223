using Sync.Disk;
using Sync.Disk.Checkpoints;
using Sync.Disk.Segments;
using Sync.Disk.Snapshots;
using Sync.Disk.Wal;
using Sync.Member;
using Sync.Member.Forwarding;
using Sync.Member.Membership;
using Sync.Member.Proposals;
using Sync.Member.Turns;
using Sync.Mvcc;
using Sync.Mvcc.Changes;
using Sync.Mvcc.Commands;
using Sync.Mvcc.Leases;
using Sync.Raft;
using Sync.Raft.Membership;
using Sync.Raft.Messages;
using Sync.Raft.Roles;
using Sync.Raft.Snapshots;
using Sync.Simulation.Bugs;
using Sync.Simulation.Clients;
using Sync.Simulation.Faults;
using Sync.Simulation.Histories;
using Sync.Simulation.Membership;
using Sync.Simulation.Scheduling;
using Sync.Store.Durability;
using Sync.Store.Replication;

namespace Sync.Simulation.Clusters;

/// <summary>
/// One run of a member's process, from its start on what the disk holds to its end: the production member, log, value
/// segments, checkpoints and watch hub, driven by events instead of threads.
/// </summary>
internal sealed class MemberProcess : ITurnEffects
{
    /// <summary>A member's tick, by its own clock.</summary>
    public const int TickMilliseconds = 100;

    private const int RewriteBytesPerTurn = 4096;
    private const long TurnDelay = 20;
    private const long LookDelay = 100;
    private const long UpkeepInterval = 200 * Durations.Millisecond;
    private const long IntroductionInterval = Durations.Second;
    private const long SpaceLookInterval = Durations.Second;

    private readonly Cluster _cluster;
    private readonly ClusterNode _node;
    private readonly RunSettings _settings;
    private readonly Random _random;
    private readonly DataDirectory _directory;
    private readonly GroupLog _log;
    private readonly KeyspaceSettings _keyspaceSettings;
    private readonly SpaceLimit _space;
    private readonly GroupMember _member;
    private readonly WatchFront _watches;
    private readonly Queue<(Action Take, Action? Lose)> _inbox = new();
    private readonly ClientQuestions _questions = new();
    private readonly Queue<(long Ticket, ulong ReadyNumber)> _writes = new();
    private readonly DurableMessages _promises = new();
    private readonly ShadowLeases? _shadow;
    private readonly CountingLeader? _counting;

    private Keyspace _keyspace;
    private SnapshotStaging? _accepted;
    private bool _isTurnPlanned;
    private bool _isSyncing;
    private bool _isSaving;
    private bool _hasRewrites;
    private bool _hasRoom = true;
    private long _nextTick;
    private long _clockJump;
    private LogIndex _checkpointed;
    private long _tick;

    /// <summary>Starts a process on what the disk holds.</summary>
    public MemberProcess(Cluster cluster, ClusterNode node, int seed)
    {
        (_cluster, _node, _settings) = (cluster, node, cluster.Settings);
        _random = new Random(seed);
        var identity = new DirectoryIdentity(1, node.Id, GroupId.First, Incarnation.First);
        var start = new MemberStart(cluster, node);
        _directory = DataDirectory.Open(node.Disk, identity, start.Directory, MemberCheckpoint.Of(identity, start.Beginning));
        _log = _directory.Log[GroupId.First];
        var image = start.ImageFrom(_directory, _log);
        _keyspaceSettings = new KeyspaceSettings
        {
            LeaseTtlMinimumSeconds = LeaseTtl.ShortestFor(ElectionTicks * TickMilliseconds),
        };
        _keyspace = Keyspace.Restore(_keyspaceSettings, Changes, image.Keyspace, _directory.Changes());
        _directory.Segments.Published(_keyspace.View);
        _space = new SpaceLimit(Id.Value, _settings.Faults.HasFlag(FaultKind.SmallQuota) ? _settings.QuotaBytes : null);
        var consensus = new Consensus(
            start.Consensus, start.HardStateOf(_log), image.Configuration, _log, image.Applied, new Random(_random.Next()));
        _member = new GroupMember(start.MemberOf((ulong)_random.NextInt64()), consensus, _keyspace, image, Now);
        View = _keyspace.View;
        Peers = new PeerBook(image.Members, ElectionTicks * TickMilliseconds * Durations.Millisecond);
        _checkpointed = _directory.Checkpoints.Newest?.Applied ?? LogIndex.None;
        _watches = new WatchFront(this, cluster, View, new Random(_random.Next()));
        _shadow = Bug == PlantedBug.RevokeAsOldLeader ? new ShadowLeases() : null;
        _counting = Bug == PlantedBug.CommitOldTerm ? new CountingLeader(_log.TermAt) : null;
        _nextTick = Now + _random.Next(TickMilliseconds);
        _cluster.Observer.Booted(this);
        if (image.Configuration.Voters is [var only] && only == Id)
        {
            _member.Campaign();
        }

        PlanTurn(TurnDelay);
        PlanTick();
        Plan(UpkeepInterval, DoUpkeep);
        Plan(0, Introduce);
        Plan(0, LookAtSpace);
        if (_settings.Faults.HasFlag(FaultKind.Rot) && Bug != PlantedBug.CompareNoHashes)
        {
            new HashRounds(this, _cluster).Start();
        }
    }

    public ClusterNode Node => _node;

    public MemberId Id => _node.Id;

    public MemberStatus Status => _member.Status;

    /// <summary>The published view.</summary>
    public KeyspaceView View { get; private set; }

    public WatchFront Watches => _watches;

    /// <summary>Whom it calls and hears.</summary>
    public PeerBook Peers { get; }

    public bool IsAlive { get; private set; } = true;

    /// <summary>What the member's clock shows.</summary>
    public long Now => _node.Milliseconds + _clockJump;

    private int ElectionTicks => _settings.ElectionTicks;

    private PlantedBug Bug => _settings.Bug;

    /// <summary>Lets something happen on this process's machine after a delay, unless the process is dead then.</summary>
    public void Plan(long delay, Action happen) => _cluster.Queue.After(delay, () => Run(happen));

    /// <summary>Tells the member's loop something.</summary>
    /// <param name="take">Takes it in.</param>
    /// <param name="lose">Says that the process ended before it was taken in; null tells nobody.</param>
    public void Post(Action take, Action? lose = null)
    {
        if (IsAlive)
        {
            _inbox.Enqueue((take, lose));
            PlanTurn(TurnDelay);
        }
        else
        {
            lose?.Invoke();
        }
    }

    /// <summary>Takes in the bytes of a message.</summary>
    public void Receive(MemberId from, ReadOnlyMemory<byte> bytes)
    {
        _cluster.Trace.Note(TraceKind.Received, (long)Id.Value, bytes.Length);
        if (!Peers.Hears(from) && !KeepsRemoved)
        {
            return;
        }

        Peers.Heard(from, _cluster.Queue.Now);
        if (MemberMessageCodec.Owns(bytes.Span))
        {
            var said = (MemberMessageDecoding.Decoded)MemberMessageCodec.Decode(bytes);
            Post(() => _member.Receive(said.Message));
        }
        else if (MessageCodec.Decode(bytes) is MessageDecoding.Decoded decoded)
        {
            _counting?.Hear(decoded.Message);
            var message = BuggyMessages.Heard(Bug, decoded.Message, Peers.Members, _random);
            Post(() => _member.Receive(message));
        }
        else
        {
            throw new SimulationException("the codec reads what it wrote");
        }
    }

    /// <summary>Says that a message did not reach a peer.</summary>
    public void ReportUnreachable(MemberId peer) => Post(() => _member.ReportUnreachable(peer));

    /// <summary>Hands leadership to whom it takes for the best, as before it stops.</summary>
    public void HandOver() => Post(() =>
    {
        if (_member.FindSuccessor() is { } successor)
        {
            _member.TransferLeadership(successor);
        }
    });

    /// <summary>Wishes another leader.</summary>
    public void TransferLeadership(MemberId successor) => Post(() => _member.TransferLeadership(successor));

    /// <summary>Gives back what the last compaction made superfluous.</summary>
    public void Defragment() => Post(() =>
    {
        var removal = new MemberRequest.Removal(View.CompactedRevision);
        var request = _questions.Ask(removal, _ => DefragmentNow(), static _ => { });
        _member.AwaitRemoval(request, removal.Compaction);
    });

    /// <summary>Proposes a command for whose answer nobody waits.</summary>
    public void Propose(Command command) => Post(() => Propose(
        new(MemberCommandCodec.Encode(command)), answered: static _ => { }, failed: static _ => { }));

    /// <summary>Whether its data is known to differ from that of the others; then it serves nobody.</summary>
    public bool HasDiverged => PublishedState.IsAlarmed(View, Id.Value);

    /// <summary>Whether it serves no clients: its data is wrong, or it was removed.</summary>
    public bool ServesNobody => HasDiverged || WasRemoved(Peers);

    /// <summary>Takes a client's call; it ends in any case, when the process dies at the latest.</summary>
    public void Take(OpenCall call) => Post(() => Begin(call), () => call.End(CallEnd.Unknown));

    /// <summary>Takes an operator's call for another set of members; it ends in any case.</summary>
    public void Take(OpenChange change) => Post(() => Begin(change), change.End);

    /// <summary>Ends the process without warning.</summary>
    public void Die()
    {
        IsAlive = false;
        _questions.FailAll();
        while (_inbox.TryDequeue(out var input))
        {
            input.Lose?.Invoke();
        }

        _watches.End();
    }

    /// <summary>Ends the process in good order.</summary>
    public void Stop()
    {
        Die();
        _directory.Dispose();
    }

    /// <summary>Reads all pairs of the published view.</summary>
    public Items<KvPair> ReadAll() =>
        ((KvResponse.Got)Wire.ResponseOf(View.Range(Wire.QueryOf("\0", "\0")))).Pairs;

    private void Run(Action happen)
    {
        if (!IsAlive)
        {
            return;
        }

        if (_node.IsPaused)
        {
            _node.HoldBack(() => Run(happen));
            return;
        }

        _cluster.Guard(_node, happen);
    }

    private void PlanTurn(long delay)
    {
        if (!_isTurnPlanned)
        {
            _isTurnPlanned = true;
            Plan(delay, TakeTurn);
        }
    }

    private void PlanTick() => _cluster.Queue.At(_node.Clock.TimeOf(_nextTick - _clockJump), () => Run(Tick));

    private void Tick()
    {
        if (Bug == PlantedBug.TrustWallClock && _random.Next(100) == 0)
        {
            _clockJump += 20_000;
            _nextTick += 20_000;
        }

        _tick++;
        _member.Tick(Now);
        // Ticks that a pause swallowed are not made up for.
        _nextTick = Math.Max(_nextTick + TickMilliseconds, Now);
        _shadow?.Watch(_member.Status.Role == RoleKind.Leader, View, Now, lease => _cluster.Leader?.Post(
            () => _cluster.Leader?._member.Propose(
                RequestId.None, MemberCommandCodec.Encode(new LeaseRevokeCommand(lease)))));
        PlanTurn(0);
        PlanTick();
        _watches.PlanLook(LookDelay);
    }

    private void TakeTurn()
    {
        _isTurnPlanned = false;
        _member.Observe(Now);
        for (var taken = 0; taken < _settings.BatchMax && _inbox.TryDequeue(out var input); taken++)
        {
            input.Take();
        }

        var turn = _member.TakeTurn(_watches.Seen);
        if (turn.Ready is { } ready)
        {
            Observe(ready);
        }

        turn.CarryOut(this);
        _member.FinishTurn();
        SaveCheckpointWhenDue();
        _hasRewrites = _directory.Segments.RewriteStep(RewriteBytesPerTurn, _keyspace.Relocate);
        if (_directory.Segments.NeedsView)
        {
            _member.RenewView();
        }

        if (_inbox.Count > 0 || _member.NeedsTurn || _hasRewrites)
        {
            PlanTurn(TurnDelay);
        }
    }

    void ITurnEffects.Send(Message message) => Send([message]);

    void ITurnEffects.Send(MemberMessage message)
    {
        if (Calls(message.To))
        {
            _cluster.Network.Send(message);
        }
    }

    void ITurnEffects.Publish(KeyspaceView view)
    {
        _directory.Segments.Published(view);
        _cluster.Observer.Published(this, view);
        FollowMembers();
        Publish(view);
    }

    void ITurnEffects.Tell(RoleChange change)
    {
        // Observed already: a new leader can be parted from the others before it has told them.
    }

    private void Publish(KeyspaceView view)
    {
        if (Bug == PlantedBug.AnswerBeforeView)
        {
            Plan(30 * Durations.Millisecond, () =>
            {
                View = view;
                _watches.PlanLook(LookDelay);
            });
            return;
        }

        View = view;
        _watches.PlanLook(LookDelay);
        if (ServesNobody)
        {
            _watches.End();
        }
    }

    // A leader that was removed leads on until a majority of the others knows.
    private void FollowMembers()
    {
        Peers.Follow(_member.Status.Members, _cluster.Queue.Now);
    }

    // A member that was removed goes when one of the others knows it, too, and tells it: they may need its vote until then.
    private void Introduce()
    {
        if (Peers.Members.All.Any(peer => peer.Id != Id && !_cluster.Network.IsCut(Id, peer.Id)
            && !_cluster.Network.IsCut(peer.Id, Id) && _cluster.ProcessOf(peer.Id) is { Node.IsPaused: false, Peers: var others }
            && WasRemoved(others)))
        {
            _cluster.Retire(_node);
            return;
        }

        Plan(IntroductionInterval, Introduce);
    }

    private bool WasRemoved(PeerBook known) => !KeepsRemoved && known.Members.WasRemoved(Id);

    private bool KeepsRemoved => Bug == PlantedBug.CountRemovedVoters && _cluster.Queue.Now < RunSettings.FaultsEnd;

    private void Observe(Ready ready)
    {
        if (ready.RoleChange is { } change)
        {
            _cluster.Observer.Changed(this, change);
        }

        foreach (var entry in ready.Committed.Span)
        {
            _cluster.Observer.Committed(this, entry);
        }

        if (Bug == PlantedBug.PutInSpiteOfAlarm && _cluster.Nodes[0] == _node)
        {
            BuggyKeyspace.PutInSpiteOfAlarms(_keyspace, ready.Committed.Span);
        }

        if (Bug == PlantedBug.ChangeBeforeCommit && _member.Status.Role == RoleKind.Leader)
        {
            foreach (var answer in BuggyMessages.HeardTooEarly(ready.Entries.Span, _member.Status))
            {
                Post(() => _member.Receive(answer));
            }
        }
    }

    void ITurnEffects.Install(SnapshotHeader snapshot)
    {
        if (_accepted is not { Manifest: { } manifest } staging)
        {
            throw new SimulationException("a snapshot is installed that nobody accepted");
        }

        _accepted = null;
        _directory.Install(staging);
        staging.Dispose();
        _keyspace = Keyspace.Restore(
            _keyspaceSettings,
            Changes,
            Bug == PlantedBug.ForgetSnapshotAlarms ? manifest.State.Keyspace with { Alarms = [] } : manifest.State.Keyspace,
            _directory.Changes());
        _directory.Segments.Published(_keyspace.View);
        _member.Install(_keyspace, MemberCheckpoint.ImageOf(manifest.State));
        _checkpointed = manifest.State.Applied;
        _cluster.Observer.Installed(this, manifest.State.Applied);
    }

    private IChangeStore Changes =>
        _settings.Faults.HasFlag(FaultKind.Rot) ? new RottenChanges(_directory.Segments, _node) : _directory.Segments;

    void ITurnEffects.SendSnapshot(SnapshotNeed need)
    {
        var capture = _directory.Capture(MemberCheckpoint.Of(_directory.Identity, _member.Image), View);
        var state = capture.Manifest.State;
        var offer = new SnapshotOffer(
            Id, need.Follower, need.Term, new SnapshotHeader(state.Applied, state.AppliedTerm, ConfigurationToSend(state)));
        var transfer = new SnapshotTransfer(
            _cluster, offer, outcome => Post(() => _member.ReportSnapshot(need.Follower, outcome)), _random.Next());
        Plan(_random.Spread(Durations.Millisecond, 50 * Durations.Millisecond), () =>
        {
            var content = new byte[capture.LengthBytes];
            using (var reader = capture.Open())
            {
                for (var read = 0; reader.Read(content.AsSpan(read)) is var count and > 0; read += count)
                {
                    // The reader gives what it has.
                }
            }

            capture.Dispose();
            transfer.Begin(content);
        });
    }

    /// <summary>Takes a whole snapshot in, and offers it to the member.</summary>
    /// <param name="offer">What the sender says of it.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="pieceBytes">In which pieces they came.</param>
    /// <param name="taken">Told when the member has heard of it.</param>
    /// <returns>Whether it is; it is refused when there is no room for it.</returns>
    public bool Receive(SnapshotOffer offer, ReadOnlyMemory<byte> content, int pieceBytes, Action taken)
    {
        var staging = _directory.Receive($"the snapshot of member {offer.From}");
        try
        {
            while (staging.Offset < content.Length)
            {
                var piece = content.Span[(int)staging.Offset..];
                staging.Accept(staging.Offset, piece[..Math.Min(pieceBytes, piece.Length)]);
            }

            staging.Complete();
        }
        catch (SnapshotException) when (!_directory.HasRoom)
        {
            staging.Dispose();
            return false;
        }

        Post(() =>
        {
            if (_member.Offer(offer) == SnapshotVerdict.Accepted)
            {
                _accepted = staging;
            }
            else
            {
                staging.Dispose();
            }

            taken();
        });
        return true;
    }

    void ITurnEffects.Write(Ready ready)
    {
        if (ready.HasWrites)
        {
            var ticket = _log.Append(ready.Entries.Span, ready.HardState);
            if (ready.MustSync)
            {
                _writes.Enqueue((ticket, ready.Number));
                BeginSync();
            }
        }

        if (Bug == PlantedBug.SendBeforeSync)
        {
            Send(ready.MessagesAfterPersist);
        }
        else
        {
            _promises.Add(ready);
        }

        if (Bug == PlantedBug.CountBeforeSync && ready.MustSync)
        {
            _member.Written(ready.Number);
        }
    }

    private void Send(IEnumerable<Message> messages)
    {
        foreach (var message in messages.Where(message => Calls(message.To)))
        {
            _cluster.Network.Send(BuggyMessages.Sent(Bug, _counting?.Say(message, _member.Status.Configuration) ?? message));
            if (KeepsRemoved)
            {
                foreach (var more in BuggyMessages.AlsoSent(message, Peers.Members))
                {
                    _cluster.Network.Send(more);
                }
            }
        }
    }

    private GroupConfiguration ConfigurationToSend(Checkpoint state) =>
        Bug == PlantedBug.ForgetSnapshotMembers ? _cluster.Founders : state.Configuration;

    private bool Calls(MemberId peer) => Peers.Calls(peer, _cluster.Queue.Now);

    // What arrives while a sync runs shares the next one.
    private void BeginSync()
    {
        if (_isSyncing)
        {
            return;
        }

        _isSyncing = true;
        Plan(TurnDelay, () =>
        {
            var hasWritten = _directory.Log.Write();
            Plan(hasWritten ? NextSyncDelay() : 0, () => EndSync(hasWritten));
        });
    }

    private void EndSync(bool hasWritten)
    {
        var durable = hasWritten ? _directory.Log.Sync() : long.MaxValue;
        _isSyncing = false;
        var last = 0UL;
        while (_writes.TryPeek(out var first) && first.Ticket <= durable)
        {
            last = _writes.Dequeue().ReadyNumber;
        }

        Post(() =>
        {
            Send(_promises.TakeDurable(last));
            if (last > 0 && Bug != PlantedBug.CountBeforeSync)
            {
                _member.Written(last);
            }
        });

        if (_writes.Count > 0)
        {
            BeginSync();
        }
    }

    // A disk that is slow is slow no longer when all faults have ended.
    private long NextSyncDelay() => Math.Min(
        Math.Max(_random.Spread(100, _settings.SyncDelayMost) * _node.SyncSlowdown, _node.DiskHangsUntil - _cluster.Queue.Now),
        Math.Max(RunSettings.FaultsEnd - _cluster.Queue.Now, _settings.SyncDelayMost));

    private void LookAtSpace()
    {
        _hasRoom = _directory.HasRoom;
        if (_space.IsAlarmDue(View.Alarms, _hasRoom))
        {
            Propose(new RaiseAlarmCommand(_space.Alarm));
        }

        Plan(SpaceLookInterval, LookAtSpace);
    }

    private void DoUpkeep()
    {
        if (_directory.Log.NeedsMaintenance)
        {
            _directory.Log.Maintain();
        }

        if (_directory.Segments.NeedsSidecars)
        {
            _directory.Segments.WriteSidecars();
        }

        if (!_isSyncing)
        {
            _directory.Log.Mark();
        }

        Plan(UpkeepInterval, DoUpkeep);
    }

    private void SaveCheckpointWhenDue()
    {
        var applied = _member.Status.Applied;
        if (_isSaving || (applied.Value - _checkpointed.Value < (ulong)_settings.CheckpointEntries
            && !_directory.NeedsCheckpoint(applied)))
        {
            return;
        }

        var image = _member.Image;
        var capture = _directory.Segments.Capture();
        _checkpointed = image.Applied;
        _isSaving = true;
        var saveLatest = 100 * Durations.Millisecond;
        if (Bug == PlantedBug.CutLogBeforeCheckpoint)
        {
            // Its window is as long as on a slow disk, or few crashes would meet it.
            saveLatest = 2 * Durations.Second;
            _log.DropThrough(image.Applied);
            _directory.Log.Maintain();
        }

        Plan(_random.Spread(Durations.Millisecond, saveLatest), () => Save(image, capture));
    }

    private void Save(MemberImage image, SegmentsCapture capture)
    {
        _directory.Checkpoints.Save(MemberCheckpoint.Of(_directory.Identity, image), capture);
        _cluster.Trace.Note(TraceKind.Checkpoint, (long)Id.Value, (long)image.Applied.Value);
        _isSaving = false;
        if (Bug != PlantedBug.CutLogBeforeCheckpoint)
        {
            Post(() => _directory.DropLog(
                _settings.CatchUpEntries,
                _member.FindNeededLog(_directory.Checkpoints.Newest?.Applied ?? LogIndex.None)));
        }
    }

    private void Begin(OpenCall call)
    {
        if (HasDiverged)
        {
            call.Answer(new KvResponse.Refused(KvRefusal.Corrupt));
            return;
        }

        if (WasRemoved(Peers) || (_member.Status.IsLearner && call.Request is not KvRequest.LocalGet))
        {
            call.End(CallEnd.Failed);
            return;
        }

        switch (call.Request)
        {
            case KvRequest.Get when ReadsAlone:
                call.Answer(Read(call.Request, View));
                break;
            case KvRequest.Get:
                _member.Read(_questions.Ask(
                    new MemberRequest.LinearizableRead(),
                    view => call.Answer(Read(call.Request, view)),
                    failure => Fail(call, failure)));
                break;
            case KvRequest.LocalGet:
                call.Answer(Read(call.Request, View));
                break;
            case KvRequest.KeepAlive keep when Bug == PlantedBug.RenewAsFollower && _member.Status.Role != RoleKind.Leader
                && View.FindLease(new LeaseId(keep.Lease)) is not null:
                call.Answer(new KvResponse.KeptAlive(IsAlive: true));
                break;
            case KvRequest.KeepAlive keep:
                var renewal = new MemberRequest.LeaseRenewal(new LeaseId(keep.Lease));
                _member.Renew(
                    _questions.Ask(
                        renewal,
                        seconds => call.Answer(new KvResponse.KeptAlive(seconds > 0)),
                        failure => Fail(call, failure)),
                    renewal.Lease);
                break;
            default:
                Propose(call);
                break;
        }
    }

    private void Begin(OpenChange open)
    {
        var (change, members) = (open.Change, Peers.Members);
        if (members.FindRefusal(change) is not null
            || (_settings.ChecksReconfiguration && StrictReconfiguration.FindRisk(change, members, ContactTo) is not null))
        {
            open.End();
            return;
        }

        _member.Change(_questions.Ask(new MemberRequest.MembersChange(change), _ => open.End(), _ => open.End()), change);
    }

    private PeerContact ContactTo(MemberId member) =>
        member == Id ? PeerContact.Lasting : Peers.ContactTo(member, _cluster.Queue.Now);

    private bool ReadsAlone => _member.Status.ServesReadsAlone
        || Bug == PlantedBug.ReadWithoutConfirmation
        || (Bug == PlantedBug.LeaderReadsWithoutConfirmation && _member.Status.Role == RoleKind.Leader);

    private void Propose(OpenCall call)
    {
        var command = Wire.CommandOf(call.Request);
        var payload = MemberCommandCodec.Encode(command);
        if (_space.Refuses(command, _directory.Segments.TotalBytes, _hasRoom))
        {
            if (Bug == PlantedBug.WriteWhatIsRefused)
            {
                _member.Propose(RequestId.None, payload);
            }

            Propose(call, MemberCommandCodec.Encode(new RaiseAlarmCommand(_space.Alarm)));
            return;
        }

        _cluster.Observer.Proposes(call.Operation, payload);
        if (Bug == PlantedBug.AcknowledgeBeforeCommit && call.Request is KvRequest.Put put
            && _member.Status.Role == RoleKind.Leader && _random.Next(20) == 0)
        {
            call.Answer(new KvResponse.Done(
                _keyspace.Revision.Value + 1,
                ((KvResponse.Got)Read(new KvRequest.Get(put.Key), View)).Pairs.SingleOrDefault()));
        }

        if (Bug == PlantedBug.ProposeTwice && _random.Next(50) == 0)
        {
            _member.Propose(RequestId.None, payload);
        }

        Propose(call, payload);
    }

    private void Propose(OpenCall call, ReadOnlyMemory<byte> payload) => Propose(
        new(payload), outcome => call.Answer(Wire.ResponseOf(outcome)), failure => Fail(call, failure));

    private void Propose(
        MemberRequest.Proposal proposal, Action<Result<Outcome>> answered, Action<RequestFailure> failed) =>
        _member.Propose(_questions.Ask(proposal, answered, failed), proposal.Payload);

    private static KvResponse Read(KvRequest request, KeyspaceView view) => Wire.ResponseOf(view.Range(request switch
    {
        KvRequest.Get get => Wire.QueryOf(get.Key, get.End),
        KvRequest.LocalGet get => Wire.QueryOf(get.Key, get.End, get.Revision),
        _ => throw new ArgumentException($"{request} is no read.", nameof(request)),
    }));

    void ITurnEffects.Answer(MemberTurn turn) => _questions.Answer(turn, View);

    private void DefragmentNow()
    {
        _directory.Segments.Defragment();
        PlanTurn(TurnDelay);
    }

    private void Fail(OpenCall call, RequestFailure failure)
    {
        var isCertain = failure is RequestFailure.NotLeader or RequestFailure.TooLarge or RequestFailure.TooMuchWaiting
            || (Bug == PlantedBug.ClaimFailure && failure != RequestFailure.Stopped);
        call.End(isCertain ? CallEnd.Failed : CallEnd.Unknown);
    }
}
