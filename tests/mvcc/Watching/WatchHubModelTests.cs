using CsCheck;
using Sync.Mvcc.Commands;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Tests.Model;
using Sync.Mvcc.Watching;

namespace Sync.Mvcc.Tests.Watching;

/// <summary>
/// The hub against a linear scan of everything that ever happened, under random watches, slow streams, small
/// steps of work, compactions, removals and restarts of the keyspace. Each delivery is held against the
/// guarantees: ordered, unique, reliable, atomic, resumable, bookmarkable.
/// </summary>
public sealed class WatchHubModelTests
{
    private static readonly Gen<WatchRequest> Request =
        from keys in CommandGen.Range
        from start in Gen.Frequency((2, Gen.Const(0L)), (2, Gen.Long[1, 20]))
        from id in Gen.Frequency((3, Gen.Const(0L)), (1, Gen.Long[0, 3]))
        from flags in Gen.Int[0, 15]
        from filters in Gen.Int[0, 5]
        select new WatchRequest(keys)
        {
            StartRevision = new(start),
            WatchId = id,
            NoPuts = filters == 1,
            NoDeletes = filters == 2,
            WithPrevious = (flags & 1) != 0,
            ProgressNotify = (flags & 2) != 0,
        };

    private static readonly Gen<Command> Change = Gen.Frequency(
        (6, CommandGen.Put.Select(put => (Command)put)),
        (2, CommandGen.Delete.Select(delete => (Command)delete)),
        (2, CommandGen.Txn.Select(txn => (Command)txn)),
        (1, Gen.Long[1, 3].Select(id => (Command)new LeaseGrantCommand(new(id), 60))),
        (1, Gen.Long[1, 3].Select(id => (Command)new LeaseRevokeCommand(new(id)))));

    private static readonly Gen<Step> AnyStep = Gen.Frequency(
        (16, Change.Select(command => (Step)new ApplyStep(command))),
        (8, Gen.Int[1, 12].Select(work => (Step)new AdvanceStep(work))),
        (6, Gen.Select(Gen.Int[0, 2], Request, (stream, request) => (Step)new CreateStep(stream, request))),
        (1, Gen.Select(Gen.Int[0, 2], Gen.Long[0, 4], (stream, id) => (Step)new CancelStep(stream, id))),
        (4, Gen.Select(
            Gen.Int[0, 2], Gen.Int[1, 4], Gen.Int[1, 1000],
            (stream, room, bytes) => (Step)new RoomStep(stream, room, bytes))),
        (2, Gen.Int[0, 2].Select(stream => (Step)new ProgressStep(stream))),
        (1, Gen.Int[0, 2].Select(stream => (Step)new CloseStep(stream))),
        (2, Gen.Int[0, 6].Select(back => (Step)new CompactStep(back))),
        (2, Gen.Int[1, 600].Select(changes => (Step)new RemoveStep(changes))),
        (1, Gen.Const((Step)new RestoreStep())));

    private static readonly Gen<int> RoomBytes = Gen.OneOf(Gen.Const(1), Gen.Const(600), Gen.Const(1_000_000));

    [Fact]
    public void Watches_keep_every_guarantee() =>
        Gen.Select(AnyStep.Array[1, 80], Gen.Int[1, 4], RoomBytes, Gen.Int[1, 5]).Sample(
            (steps, room, bytes, window) => Run(steps, room, bytes, window),
            iter: 5_000,
            print: sample => $"room {sample.Item2} bytes {sample.Item3} window {sample.Item4}\n" + string.Join("\n", sample.Item1.Select(step => step.ToString())));

    [Fact]
    public void A_watch_whose_stream_has_room_is_never_ended_by_a_compaction()
    {
        var step = Gen.Frequency(
            (10, Change.Select(command => (Step)new ApplyStep(command))),
            (3, Gen.Int[1, 12].Select(work => (Step)new AdvanceStep(work))),
            (3, Gen.Const((Step)new CompactStep(0))),
            (3, Gen.Int[1, 600].Select(changes => (Step)new RemoveStep(changes))),
            (1, Request.Select(request => (Step)new CreateStep(0, request with { StartRevision = default }))));

        step.Array[1, 80].Sample(
            steps => Run(steps, room: 1_000_000, roomBytes: 1_000_000_000, window: 5).Compacted.Should().Be(0),
            iter: 3_000);
    }

    private static Watched Run(Step[] steps, int room, long roomBytes, int window)
    {
        var watched = new Watched(room, roomBytes, window);
        foreach (var step in steps)
        {
            watched.Take(step);
        }

        watched.Drain();
        return watched;
    }

    private abstract record Step;

    private sealed record ApplyStep(Command Command) : Step
    {
        public override string ToString() => Text.Of(Command);
    }

    private sealed record AdvanceStep(int Work) : Step;

    private sealed record CreateStep(int Stream, WatchRequest Request) : Step
    {
        public override string ToString() =>
            $"create on {Stream}: {Text.Of(Request.Keys)} from {Request.StartRevision} id {Request.WatchId}"
            + $" {(Request.NoPuts ? "noput " : "")}{(Request.NoDeletes ? "nodelete " : "")}"
            + $"{(Request.WithPrevious ? "prev " : "")}{(Request.ProgressNotify ? "progress" : "")}";
    }

    private sealed record CancelStep(int Stream, long Id) : Step;

    private sealed record RoomStep(int Stream, int Room, int Bytes) : Step;

    private sealed record ProgressStep(int Stream) : Step;

    private sealed record CloseStep(int Stream) : Step;

    private sealed record CompactStep(int Back) : Step;

    private sealed record RemoveStep(int Changes) : Step;

    private sealed record RestoreStep : Step;

    /// <summary>A client's side of one watch.</summary>
    private sealed class ClientWatch(WatchRequest request, long start)
    {
        public WatchRequest Request { get; } = request;

        public long Start { get; } = start;

        public List<ModelChange> Told { get; } = [];

        public long LastTold => Told.Count > 0 ? Told[^1].Main : 0;

        public bool Wants(ModelChange change) =>
            change.Main >= Start && Request.Keys.Contains(Text.Bytes(change.Key).Span)
            && (change.Pair is null ? !Request.NoDeletes : !Request.NoPuts);
    }

    private sealed class Client(WatchStreamId id, int room, long roomBytes)
    {
        public WatchStreamId Id { get; } = id;

        public int Room { get; set; } = room;

        public long RoomBytes { get; set; } = roomBytes;

        public Dictionary<long, ClientWatch> Watches { get; } = [];
    }

    private sealed class Watched
    {
        private static readonly KeyspaceSettings Settings = new();

        private readonly int _room;
        private readonly long _roomBytes;
        private readonly ModelStore _model = new();
        private readonly WatchHub _hub;
        private readonly Client[] _clients;
        private MemoryChangeStore _store = new();
        private Keyspace _keyspace;
        private long _now;

        public Watched(int room, long roomBytes, int window)
        {
            (_room, _roomBytes) = (room, roomBytes);
            var settings = new WatchSettings
            {
                StreamRoom = room,
                StreamRoomBytes = roomBytes,
                CatchUpRevisionsMax = window,
                CatchUpBytesMax = window * 260,
                ProgressIntervalMilliseconds = 20,
            };
            _hub = new WatchHub(settings, Revision.Fresh, new Random(7));
            _keyspace = new Keyspace(Settings, _store);
            _clients = [.. Enumerable.Range(0, 3).Select(_ => new Client(_hub.OpenStream(), room, roomBytes))];
        }

        public int Compacted { get; private set; }

        public void Take(Step step)
        {
            switch (step)
            {
                case ApplyStep { Command: var command } when CommandValidation.Check(command) is null && !ChangesAKeyTwice(command):
                    Apply(command);
                    break;
                case AdvanceStep { Work: var work }:
                    Advance(work);
                    break;
                case CreateStep { Stream: var stream, Request: var request }:
                    Create(_clients[stream], request);
                    break;
                case CancelStep { Stream: var stream, Id: var id }:
                    Cancel(_clients[stream], id);
                    break;
                case RoomStep { Stream: var stream, Room: var room, Bytes: var bytes }:
                    AddRoom(_clients[stream], room, bytes);
                    break;
                case ProgressStep { Stream: var stream }:
                    _hub.RequestProgress(_clients[stream].Id);
                    break;
                case CloseStep { Stream: var stream }:
                    _hub.CloseStream(_clients[stream].Id);
                    _clients[stream] = new Client(_hub.OpenStream(), _room, _roomBytes);
                    break;
                case CompactStep { Back: var back }:
                    Apply(new CompactCommand(new(_model.Revision - back)));
                    break;
                case RemoveStep { Changes: var changes }:
                    _keyspace.CompactStep(changes, _hub.Seen);
                    break;
                case RestoreStep:
                    // What a member does that gets a snapshot: removal there went on without this hub.
                    while (_keyspace.CompactStep(1000, Revision.Last))
                    {
                    }

                    _store = _store.Copy();
                    _keyspace = Keyspace.Restore(Settings, _store, _keyspace.Image(), _store.Changes);
                    break;
            }
        }

        public void Drain()
        {
            foreach (var client in _clients)
            {
                AddRoom(client, 1_000_000, 1_000_000_000);
            }

            for (var turns = 0; Advance(workMax: 1000); turns++)
            {
                Require(turns < 10_000, "the hub comes to an end");
            }

            Require(_hub.Seen.Value == _model.Revision, "the hub has seen everything");
            Require(_hub.BehindCount == 0, "nobody is left behind");
            Require(_hub.Count == _clients.Sum(client => client.Watches.Count), "the hub counts its watches");
            foreach (var watch in _clients.SelectMany(client => client.Watches.Values))
            {
                Complete(watch, _model.Revision);
            }
        }

        private void AddRoom(Client client, int responses, long bytes)
        {
            client.Room += responses;
            client.RoomBytes += bytes;
            _hub.AddRoom(client.Id, responses, bytes);
        }

        private static void Require(bool holds, string rule)
        {
            if (!holds)
            {
                throw new InvalidOperationException("not so: " + rule);
            }
        }

        // A nested put may be followed by a delete in a later nested transaction. Of these two a compaction to
        // their very revision keeps only the second, and who watches from there no longer hears of the first.
        private static bool ChangesAKeyTwice(Command command)
        {
            var operations = All(command).ToList();
            return operations.OfType<PutOperation>().Any(put =>
                operations.OfType<DeleteRangeOperation>().Any(delete => delete.Keys.Contains(put.Key.Span)));

            static IEnumerable<Command> All(Command command) =>
                command is TxnOperation txn ? txn.Success.Concat(txn.Failure).SelectMany(All) : [command];
        }

        private void Apply(Command command) =>
            Require(Text.Of(_keyspace.Apply(command)) == Text.Of(_model.Apply(command)), "twins are twins");

        private void Create(Client client, WatchRequest request)
        {
            var view = _keyspace.Publish();
            var made = _hub.Create(client.Id, request, view, _now);
            Require(made.Revision == view.Revision, "a creation tells the current revision");
            if (made.Notice is WatchRefused { Refusal: var refusal })
            {
                Require(made.WatchId == -1, "a refusal has no watch");
                Require(
                    refusal == WatchRefusal.EmptyRange ? request.Keys.IsEmpty : client.Watches.ContainsKey(request.WatchId),
                    "a refusal has its reason");
                return;
            }

            Require(made.Notice is WatchCreated && !request.Keys.IsEmpty, "a creation is created");
            Require(request.WatchId == 0 || request.WatchId == made.WatchId, "a wished ID is given");
            var start = request.StartRevision.IsSome ? request.StartRevision.Value : view.Revision.Value + 1;
            client.Watches.Add(made.WatchId, new ClientWatch(request, start));
        }

        private void Cancel(Client client, long id)
        {
            var canceled = _hub.Cancel(client.Id, id, _keyspace.View);
            Require(canceled is not null == client.Watches.Remove(id), "only a watch that exists is canceled");
            Require(canceled is null or { Notice: WatchCanceled }, "a cancel is answered as such");
        }

        private bool Advance(int workMax)
        {
            var view = _keyspace.Publish();
            var deliveries = new List<WatchDelivery>();
            _now += 3;
            var more = _hub.Advance(view, _now, workMax, deliveries);
            foreach (var delivery in deliveries)
            {
                var client = _clients.Single(client => client.Id == delivery.Stream);
                Require(client.Room > 0 && client.RoomBytes > 0, "a stream is given no more than it has room for");
                client.Room--;
                client.RoomBytes -= delivery.Notice.Bytes;
                Take(client, delivery, view);
            }

            return more;
        }

        private void Take(Client client, WatchDelivery delivery, KeyspaceView view)
        {
            switch (delivery.Notice)
            {
                case WatchEvents { Events: var events }:
                    Tell(client.Watches[delivery.WatchId], events, delivery.Revision, view);
                    break;
                case WatchProgress when delivery.WatchId == -1:
                    Require(delivery.Revision == view.Revision, "asked progress tells the current revision");
                    Require(client.Watches.Count > 0, "a stream without watches has no progress");
                    client.Watches.Values.ToList().ForEach(watch => Bookmark(watch, delivery.Revision));
                    break;
                case WatchProgress:
                    var asked = client.Watches[delivery.WatchId];
                    Require(asked.Request.ProgressNotify, "only who asked hears of progress");
                    Bookmark(asked, delivery.Revision);
                    break;
                case WatchCompacted { CompactedRevision: var compacted }:
                    var ended = client.Watches[delivery.WatchId];
                    Require(delivery.Revision == Revision.None, "a compacted watch hears of no revision");
                    Require(compacted == view.CompactedRevision, "it hears of the last compaction");
                    Require(Math.Max(ended.Start, ended.LastTold + 1) < compacted.Value, "it really was too late");
                    client.Watches.Remove(delivery.WatchId);
                    Compacted++;
                    break;
                default:
                    throw new InvalidOperationException($"nobody asked for {delivery}");
            }
        }

        private void Bookmark(ClientWatch watch, Revision revision)
        {
            Require(watch.Start <= revision.Value + 1, "a watch of the future has no progress");
            Complete(watch, revision.Value);
        }

        private void Complete(ClientWatch watch, long revision)
        {
            var expected = _model.Changes.Where(change => change.Main <= revision && watch.Wants(change));
            Require(watch.Told.SequenceEqual(expected), $"everything up to {revision} was told, once and in order");
        }

        private void Tell(ClientWatch watch, IReadOnlyList<WatchEvent> events, Revision revision, KeyspaceView view)
        {
            Require(events.Count > 0, "nothing is told about nothing");
            var first = events[0].Pair.ModRevision.Value;
            var last = events[^1].Pair.ModRevision.Value;
            Require(first > watch.LastTold, "no revision is split or told twice");
            Require(last <= revision.Value && revision <= view.Revision, "the header is not before the events");
            var expected = _model.Changes
                .Where(change => change.Main > watch.LastTold && change.Main <= last && watch.Wants(change)).ToList();
            Require(expected.Count == events.Count, "nothing is left out and every revision is whole");
            for (var place = 0; place < events.Count; place++)
            {
                Require(Describe(events[place]) == Describe(expected[place], watch, view), "an event tells its change");
            }

            watch.Told.AddRange(expected);
        }

        private static string Describe(WatchEvent told) =>
            $"{told.Kind} {Text.Of(told.Pair)} was {Text.Of(told.Previous)}";

        private string Describe(ModelChange change, ClientWatch watch, KeyspaceView view)
        {
            var pair = change.Pair
                ?? new KeyValue(Text.Bytes(change.Key), default, new(change.Main), 0, default, default);
            var isReadable = change.Main - 1 >= view.CompactedRevision.Value;
            var previous = watch.Request.WithPrevious && isReadable
                ? _model.At(change.Main - 1).GetValueOrDefault(change.Key)
                : null;
            var kind = change.Pair is null ? Changes.ChangeKind.Delete : Changes.ChangeKind.Put;
            return Describe(new WatchEvent(kind, pair, previous));
        }
    }
}
