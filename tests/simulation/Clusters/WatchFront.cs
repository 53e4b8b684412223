using Sync.Mvcc;
using Sync.Mvcc.Watching;
using Sync.Simulation.Bugs;
using Sync.Simulation.Clients;
using Sync.Simulation.Histories;
using Sync.Simulation.Scheduling;

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

/// <summary>The watch hub of a process with its streams: what the production watch loop does, by events.</summary>
internal sealed class WatchFront
{
    private readonly MemberProcess _process;
    private readonly Cluster _cluster;
    private readonly WatchHub _hub;
    private readonly BuggyWatches _bug;
    private readonly SortedDictionary<long, Stream> _streams = [];
    private readonly List<WatchDelivery> _deliveries = [];
    private bool _isLookPlanned;

    public WatchFront(MemberProcess process, Cluster cluster, KeyspaceView view, Random random)
    {
        (_process, _cluster) = (process, cluster);
        _bug = new BuggyWatches(cluster.Settings.Bug, new Random(random.Next()));
        _hub = new WatchHub(
            new WatchSettings
            {
                StreamRoom = cluster.Settings.WatchRoom,
                StreamRoomBytes = cluster.Settings.WatchRoomBytes,
                CatchUpRevisionsMax = cluster.Settings.WatchRevisionsMax,
                ProgressIntervalMilliseconds = 1000,
            },
            view.Revision,
            random);
    }

    /// <summary>The revision up to which watches have seen all changes.</summary>
    public Revision Seen => _hub.Seen;

    /// <summary>Opens a stream.</summary>
    public long Open(IWatchClient client)
    {
        var stream = new Stream(_hub.OpenStream(), client);
        _streams.Add(stream.Id.Value, stream);
        return stream.Id.Value;
    }

    /// <summary>Creates a watch under an ID of the client's.</summary>
    public void Create(long stream, WatchRecord watch, long watchId)
    {
        if (_streams.TryGetValue(stream, out var open))
        {
            var request = _bug.Requested(Wire.RequestOf(watch)) with { WatchId = watchId };
            Queue(_hub.Create(open.Id, request, _process.View, _process.Now));
            PlanLook(0);
        }
    }

    /// <summary>Asks how far a stream is.</summary>
    public void RequestProgress(long stream)
    {
        if (_streams.TryGetValue(stream, out var open))
        {
            _hub.RequestProgress(open.Id);
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
            _hub.AddRoom(open.Id, 1, open.Untaken.TryDequeue(out var bytes) ? bytes : 0);
            PlanLook(0);
        }
    }

    /// <summary>Closes a stream.</summary>
    public void Close(long stream)
    {
        if (_streams.Remove(stream, out var open))
        {
            _hub.CloseStream(open.Id);
        }
    }

    /// <summary>Ends all streams, because the process dies.</summary>
    public void End()
    {
        foreach (var stream in _streams.Values)
        {
            var client = stream.Client;
            _cluster.Queue.At(stream.NextArrival(_cluster), client.Ended);
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

    private void Look()
    {
        _isLookPlanned = false;
        var hasMore = _hub.Advance(_process.View, _process.Now, _cluster.Settings.WatchWorkMax, _deliveries);
        foreach (var delivery in _deliveries)
        {
            Queue(delivery);
        }

        _deliveries.Clear();
        if (hasMore)
        {
            PlanLook(10);
        }
    }

    private void Queue(WatchDelivery delivery)
    {
        if (!_streams.TryGetValue(delivery.Stream.Value, out var stream)
            || Wire.AnswerOf(delivery.Revision, delivery.Notice) is not { } answer)
        {
            return;
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

    // A stream is one connection: nothing on it overtakes.
    private void Send(Stream stream, long watchId, WatchAnswer answer)
    {
        _cluster.Trace.Note(TraceKind.Watch, (long)_process.Id.Value, watchId, answer.Revision);
        _cluster.Queue.At(stream.NextArrival(_cluster), () => stream.Client.Told(watchId, answer));
    }

    private sealed class Stream(WatchStreamId id, IWatchClient client)
    {
        private long _lastArrival;

        public WatchStreamId Id => id;

        public IWatchClient Client => client;

        /// <summary>The bytes of each response that the client has not taken yet, in order.</summary>
        public Queue<long> Untaken { get; } = [];

        public long NextArrival(Cluster cluster) =>
            _lastArrival = Math.Max(_lastArrival, cluster.Queue.Now + cluster.Network.NextDelay());
    }
}
