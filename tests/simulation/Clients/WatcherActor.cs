using Sync.Simulation.Clusters;
using Sync.Simulation.Faults;
using Sync.Simulation.Histories;
using Sync.Simulation.Scheduling;

namespace Sync.Simulation.Clients;

/// <summary>
/// A client that keeps a stream of watches on some member. When the stream breaks it goes on at another member from
/// where it was; now and then it goes somewhere else of its own will.
/// </summary>
internal sealed class WatcherActor
{
    private const long LongestPause = 50 * Durations.Millisecond;

    private readonly Cluster _cluster;
    private readonly History _history;
    private readonly Random _random;
    private readonly bool _isSlow;
    private List<Watch> _watches = [];

    public WatcherActor(Cluster cluster, History history, Random random)
    {
        (_cluster, _history, _random) = (cluster, history, random);
        _isSlow = random.Chance(0.3);
        for (var number = 1; number <= random.Next(1, 4); number++)
        {
            _watches.Add(NewWatch(0));
        }
    }

    /// <summary>One interest of the client, and how far it is told.</summary>
    private sealed record Watch(WatchRecord Record)
    {
        public long Next { get; set; }
    }

    /// <summary>Opens the first stream soon.</summary>
    public void Start() => _cluster.Queue.After(_random.Spread(Durations.Millisecond, Durations.Second), Connect);

    private Watch NewWatch(long start)
    {
        (string Key, string? End) interval = _random.Next(5) switch
        {
            0 => ("r0", null),
            1 => ("m", "n"),
            2 => ("m2", "m6"),
            3 => ("m1", null),
            _ => ("a", "z"),
        };
        return new Watch(new WatchRecord
        {
            Key = interval.Key,
            End = interval.End,
            Start = start,
            NoPuts = _random.Chance(0.1),
            NoDeletes = _random.Chance(0.15),
            WithPrevious = _random.Chance(0.5),
        });
    }

    private static Watch Resumed(Watch watch, long start) => new(new WatchRecord
    {
        Key = watch.Record.Key,
        End = watch.Record.End,
        Start = start,
        NoPuts = watch.Record.NoPuts,
        NoDeletes = watch.Record.NoDeletes,
        WithPrevious = watch.Record.WithPrevious,
    });

    private void Connect()
    {
        var node = _cluster.Nodes[_random.Next(_cluster.Nodes.Count)];
        if (node.Process is not { Status.IsLearner: false, ServesNobody: false } process)
        {
            _cluster.Queue.After(200 * Durations.Millisecond, Connect);
            return;
        }

        var connection = new Connection(this, process);
        for (var id = 1; id <= _watches.Count; id++)
        {
            _history.Watches.Add(_watches[id - 1].Record);
        }

        process.Plan(_cluster.Network.NextDelay(), connection.Open);
        _cluster.Queue.After(Durations.Second, connection.LookAfter);
        if (_cluster.Queue.Now < RunSettings.FaultsEnd
            && _random.Spread(Durations.Second, 20 * Durations.Second) is var stay
            && _cluster.Queue.Now + stay < RunSettings.ClientsEnd)
        {
            // Not so late that the run could end before it is told anything elsewhere.
            _cluster.Queue.After(stay, connection.Leave);
        }
    }

    private void Reconnect()
    {
        foreach (var watch in _watches)
        {
            watch.Record.IsLive = false;
        }

        _watches = [.. _watches.Select(Continued)];
        _cluster.Queue.After(_random.Spread(Durations.Millisecond, 300 * Durations.Millisecond), Connect);
    }

    // Mostly from where it was; now and then from long ago, from now, or from what is yet to come.
    private Watch Continued(Watch watch) => _random.Next(10) switch
    {
        0 => NewWatch(0),
        1 => NewWatch(Math.Max(1, watch.Next - _random.Next(200))),
        2 => NewWatch(watch.Next + _random.Next(20)),
        _ => Resumed(watch, watch.Next),
    };

    private long Pause() => _cluster.Queue.Now > RunSettings.ClientsEnd || !_isSlow
        ? _random.Spread(50, 500)
        : _random.Spread(100, LongestPause);

    private sealed class Connection(WatcherActor owner, MemberProcess process) : IWatchClient
    {
        private long _stream;
        private bool _isOver;
        private int _waiting;

        public void Open()
        {
            if (_isOver)
            {
                return;
            }

            _stream = process.Watches.Open(this);
            for (var id = 1; id <= owner._watches.Count; id++)
            {
                // A process that dies ends the stream, so that what is not told by then is not demanded.
                owner._watches[id - 1].Record.IsLive = true;
                process.Watches.Create(_stream, owner._watches[id - 1].Record, id);
            }
        }

        public void Told(long watchId, WatchAnswer answer)
        {
            if (_isOver)
            {
                return;
            }

            for (var id = 1; id <= owner._watches.Count; id++)
            {
                // A progress of the whole stream does not speak of a watch that is still to be created on it.
                if (watchId == id || (watchId == -1 && owner._watches[id - 1].Record.Answers.Count > 0))
                {
                    Take(id, answer);
                }
            }

            if (answer is not WatchAnswer.Created)
            {
                _waiting++;
                owner._cluster.Queue.After(_waiting * owner.Pause(), Consumed);
            }
        }

        /// <summary>Gives up on a process that died before it opened the stream.</summary>
        public void LookAfter()
        {
            if (_stream == 0 && !process.IsAlive)
            {
                Leave(hasBroken: true);
            }
            else if (_stream == 0)
            {
                owner._cluster.Queue.After(Durations.Second, LookAfter);
            }
        }

        public void Ended() => Leave(hasBroken: true);

        public void Leave() => Leave(hasBroken: false);

        private void Leave(bool hasBroken)
        {
            if (_isOver)
            {
                return;
            }

            _isOver = true;
            if (!hasBroken)
            {
                process.Plan(owner._cluster.Network.NextDelay(), () => process.Watches.Close(_stream));
            }

            owner.Reconnect();
        }

        private void Take(int id, WatchAnswer answer)
        {
            var watch = owner._watches[id - 1];
            watch.Record.Answers.Add(answer);
            switch (answer)
            {
                case WatchAnswer.Created created when watch.Next == 0:
                    watch.Next = watch.Record.Start > 0 ? watch.Record.Start : created.Revision + 1;
                    break;
                case WatchAnswer.Events events:
                    watch.Next = Math.Max(watch.Next, events.All[^1].Pair.Mod + 1);
                    break;
                case WatchAnswer.Progress progress:
                    watch.Next = Math.Max(watch.Next, progress.Revision + 1);
                    break;
                case WatchAnswer.Compacted compacted:
                    watch.Record.IsLive = false;
                    CreateAgain(id, compacted.CompactRevision);
                    break;
            }
        }

        private void CreateAgain(int id, long start)
        {
            var again = Resumed(owner._watches[id - 1], start);
            owner._watches[id - 1] = again;
            owner._history.Watches.Add(again.Record);
            process.Plan(owner._cluster.Network.NextDelay(), () =>
            {
                if (!_isOver)
                {
                    again.Record.IsLive = true;
                    process.Watches.Create(_stream, again.Record, id);
                }
            });
        }

        private void Consumed()
        {
            _waiting--;
            process.Plan(owner._cluster.Network.NextDelay(), () => process.Watches.AddRoom(_stream));
            if (owner._random.Chance(0.05))
            {
                process.Plan(owner._cluster.Network.NextDelay(), () => process.Watches.RequestProgress(_stream));
            }
        }
    }
}
