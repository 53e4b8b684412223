using Sync.Mvcc;
using Sync.Mvcc.Watching;
using Sync.Simulation.Bugs;
using Sync.Simulation.Clients;
using Sync.Simulation.Histories;
using Sync.Simulation.Scheduling;
using Sync.Store.Watching;

namespace Sync.Simulation.Clusters;

/// <summary>A client's end of a stream of watches.</summary>
internal interface IWatchClient
{
    /// <summary>A response arrived.</summary>
    /// <param name="watchId">The watch; -1 for all of the stream.</param>
    /// <param name="answer">What it says.</param>
    void Told(long watchId, WatchAnswer answer);

    /// <summary>The stream broke.</summary>
    void Ended();
}

/// <summary>The watch desk of a process, looked at by events instead of by a loop, with what becomes of its responses.</summary>
internal sealed class WatchFront
{
    private readonly MemberProcess _process;
    private readonly Cluster _cluster;
    private readonly WatchDesk _desk;
    private readonly BuggyWatches _bug;
    private readonly SortedDictionary<long, Stream> _streams = [];
    private bool _isLookPlanned;

    public WatchFront(MemberProcess process, Cluster cluster, KeyspaceView view, Random random)
    {
        (_process, _cluster) = (process, cluster);
        _bug = new BuggyWatches(cluster.Settings.Bug, new Random(random.Next()));
        _desk = new(new WatchHub(
            new WatchSettings
            {
                StreamRoom = cluster.Settings.WatchRoom,
                StreamRoomBytes = cluster.Settings.WatchRoomBytes,
                CatchUpRevisionsMax = cluster.Settings.WatchRevisionsMax,
                ProgressIntervalMilliseconds = 1000,
            },
            view.Revision,
            random));
    }

    /// <summary>The revision up to which watches have seen all changes.</summary>
    public Revision Seen => _desk.Seen;

    /// <summary>Opens a stream.</summary>
    public long Open(IWatchClient client)
    {
        var stream = new Stream(client);
        Take(new WatchInput.Open(stream.Session));
        _streams.Add(stream.Session.Stream.Value, stream);
        return stream.Session.Stream.Value;
    }

    /// <summary>Creates a watch under an ID of the client's.</summary>
    public void Create(long stream, WatchRecord watch, long watchId)
    {
        if (_streams.TryGetValue(stream, out var open))
        {
            var request = _bug.Requested(Wire.RequestOf(watch)) with { WatchId = watchId };
            Take(new WatchInput.Create(open.Session, request, Fragments: false));
            SendQueued(open);
            PlanLook(0);
        }
    }

    /// <summary>Asks how far a stream is.</summary>
    public void RequestProgress(long stream)
    {
        if (_streams.TryGetValue(stream, out var open))
        {
            Take(new WatchInput.RequestProgress(open.Session));
            if (_bug.PromisesTooEarly)
            {
                Send(open, -1, new WatchAnswer.Progress(_process.View.Revision.Value));
            }

            PlanLook(0);
        }
    }

    /// <summary>Says that the client has taken a response.</summary>
    public void AddRoom(long stream)
    {
        if (_streams.TryGetValue(stream, out var open))
        {
            Take(new WatchInput.AddRoom(open.Session, 1, open.Untaken.TryDequeue(out var bytes) ? bytes : 0));
            PlanLook(0);
        }
    }

    /// <summary>Closes a stream.</summary>
    public void Close(long stream)
    {
        if (_streams.Remove(stream, out var open))
        {
            Take(new WatchInput.Close(open.Session));
            open.Session.Dispose();
        }
    }

    /// <summary>Ends all streams, because the process dies.</summary>
    public void End()
    {
        foreach (var stream in _streams.Values)
        {
            var client = stream.Client;
            _cluster.Queue.At(stream.NextArrival(_cluster), client.Ended);
            stream.Session.Dispose();
        }

        _streams.Clear();
    }

    /// <summary>Says that there may be something to tell.</summary>
    public void PlanLook(long delay)
    {
        if (!_isLookPlanned)
        {
            _isLookPlanned = true;
            _process.Plan(delay, Look);
        }
    }

    private void Take(WatchInput input) => _desk.Take(input, _process.View, _process.Now);

    private void Look()
    {
        _isLookPlanned = false;
        var hasMore = _desk.Advance(_process.View, _process.Now, _cluster.Settings.WatchWorkMax);
        foreach (var stream in _streams.Values)
        {
            SendQueued(stream);
        }

        if (hasMore)
        {
            PlanLook(10);
        }
    }

    private void SendQueued(Stream stream)
    {
        while (stream.Session.Outgoing.TryRead(out var outgoing))
        {
            stream.Session.Sent();
            var delivery = outgoing.Delivery;
            if (Wire.AnswerOf(delivery.Revision, delivery.Notice) is not { } answer)
            {
                continue;
            }

            if (delivery.Notice is not WatchCreated)
            {
                stream.Untaken.Enqueue(delivery.Notice.Bytes);
            }

            foreach (var told in _bug.Told(answer, _process.View.CompactedRevision.Value))
            {
                Send(stream, delivery.WatchId, told);
            }
        }
    }

    // A stream is one connection: nothing on it overtakes.
    private void Send(Stream stream, long watchId, WatchAnswer answer)
    {
        _cluster.Trace.Note(TraceKind.Watch, (long)_process.Id.Value, watchId, answer.Revision);
        _cluster.Queue.At(stream.NextArrival(_cluster), () => stream.Client.Told(watchId, answer));
    }

    private sealed class Stream(IWatchClient client)
    {
        private long _lastArrival;

        public WatchSession Session { get; } = new();

        public IWatchClient Client => client;

        /// <summary>The bytes of each response that the client has not taken yet, in order.</summary>
        public Queue<long> Untaken { get; } = [];

        public long NextArrival(Cluster cluster) =>
            _lastArrival = Math.Max(_lastArrival, cluster.Queue.Now + cluster.Network.NextDelay());
    }
}
