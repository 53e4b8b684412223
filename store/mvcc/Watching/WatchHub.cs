namespace Sync.Mvcc.Watching;

/// <summary>
/// Tells watches of changes. It is pulled: <see cref="Advance"/> reads what the view has that it has not yet
/// seen, and returns what to send.
/// </summary>
/// <remarks>
/// Owned by one loop. All that is returned is queued per stream in the order of return. Each stream has room
/// for so many responses and bytes; a watch of a stream without room falls behind and is caught up from history later.
/// <para>
/// A watch is either live, and hears of each revision after <see cref="Seen"/> as it comes, or behind, and its
/// place in history is its own. It becomes live when its place has reached <see cref="Seen"/>.
/// </para>
/// </remarks>
public sealed class WatchHub
{
    private readonly WatchSettings _settings;
    private readonly ProgressClock _clock;
    private readonly Dictionary<WatchStreamId, WatchStream> _streams = [];
    private readonly List<WatchStream> _asking = [];
    private readonly InterestIndex _live = new();
    private readonly CatchUp _catchUp;

    // Used within one revision only.
    private readonly List<WatchGroup> _found = [];
    private readonly List<WatchGroup> _touched = [];
    private readonly List<Watcher> _stuck = [];
    private long _nextStream = 1;

    /// <summary>A hub without streams.</summary>
    /// <param name="settings">Its limits.</param>
    /// <param name="start">The revision that the hub begins to listen after.</param>
    /// <param name="jitter">Spreads periodic progress over up to a tenth of the interval.</param>
    public WatchHub(WatchSettings settings, Revision start, Random jitter)
    {
        _settings = settings;
        _clock = new ProgressClock(settings, jitter);
        _catchUp = new CatchUp(settings);
        Seen = start;
    }

    /// <summary>
    /// The revision up to which live watches are told. The loop hands it to the writer of the keyspace; see
    /// <see cref="Keyspace.CompactStep"/>.
    /// </summary>
    public Revision Seen { get; private set; }

    /// <summary>How many watches there are.</summary>
    public int Count { get; private set; }

    /// <summary>How many of them are behind.</summary>
    public int BehindCount => _catchUp.Count;

    /// <summary>How many streams wait for the answer to a request for progress.</summary>
    public int AskingCount => _asking.Count;

    /// <summary>When the next periodic progress is due; null when no watch asked for it.</summary>
    public long? NextProgressMilliseconds => _clock.NextMilliseconds;

    /// <summary>Opens a stream.</summary>
    public WatchStreamId OpenStream()
    {
        var id = new WatchStreamId(_nextStream++);
        _streams.Add(id, new WatchStream(id, _settings.StreamRoom, _settings.StreamRoomBytes));
        return id;
    }

    /// <summary>Closes a stream with all its watches; nothing is returned for it any more.</summary>
    public void CloseStream(WatchStreamId stream)
    {
        if (_streams.Remove(stream, out var closed))
        {
            closed.IsClosed = true;
            _clock.Stop(closed);
            foreach (var watcher in closed.Watchers.Values)
            {
                Detach(watcher);
            }
        }
    }

    /// <summary>Says that a stream's queue has got shorter. A closed stream is passed over.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="responses">How many responses left the queue.</param>
    /// <param name="bytes">The sum of their <see cref="WatchNotice.Bytes"/>.</param>
    public void AddRoom(WatchStreamId stream, int responses, long bytes)
    {
        if (_streams.TryGetValue(stream, out var open))
        {
            open.AddRoom(responses, bytes);
            _catchUp.Unpark(open);
        }
    }

    /// <summary>Creates a watch.</summary>
    /// <param name="stream">An open stream.</param>
    /// <param name="request">What to watch.</param>
    /// <param name="view">The newest view.</param>
    /// <param name="nowMilliseconds">The time, for periodic progress.</param>
    /// <returns>The answer to queue: <see cref="WatchCreated"/> or <see cref="WatchRefused"/>.</returns>
    public WatchDelivery Create(
        WatchStreamId stream, WatchRequest request, KeyspaceView view, long nowMilliseconds)
    {
        var owner = _streams[stream];
        if (Refusal(owner, request) is { } refusal)
        {
            return new(stream, -1, view.Revision, new WatchRefused(refusal));
        }

        var start = request.StartRevision.IsSome ? request.StartRevision : view.Revision.Next;
        var watcher = new Watcher(owner, owner.NameFor(request.WatchId), request, start);
        owner.Watchers.Add(watcher.Id, watcher);
        Count++;
        if (start <= Seen || start < view.CompactedRevision)
        {
            _catchUp.Add(watcher);
        }
        else
        {
            _live.Add(watcher);
        }

        if (watcher.ProgressNotify)
        {
            _clock.Start(owner, nowMilliseconds);
        }

        return new(stream, watcher.Id, view.Revision, WatchCreated.Instance);
    }

    /// <summary>Ends a watch.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="watchId">The watch's ID.</param>
    /// <param name="view">The newest view.</param>
    /// <returns>The answer to queue; null, no answer, when the stream has no such watch.</returns>
    public WatchDelivery? Cancel(WatchStreamId stream, long watchId, KeyspaceView view)
    {
        if (!_streams.TryGetValue(stream, out var owner) || !owner.Watchers.Remove(watchId, out var watcher))
        {
            return null;
        }

        Detach(watcher);
        return new WatchDelivery(stream, watchId, view.Revision, WatchCanceled.Instance);
    }

    /// <summary>
    /// Asks for the progress of a whole stream. <see cref="Advance"/> answers once it has reached the view, if
    /// every watch of the stream is up to date then; otherwise nobody does.
    /// </summary>
    public void RequestProgress(WatchStreamId stream)
    {
        if (_streams.TryGetValue(stream, out var asking) && asking.ProgressRequests++ == 0)
        {
            _asking.Add(asking);
        }
    }

    /// <summary>Reads new changes and catches up watches that are behind.</summary>
    /// <param name="view">The newest view.</param>
    /// <param name="nowMilliseconds">The time, for periodic progress.</param>
    /// <param name="workMax">About how many changes and responses to handle; a revision is never split.</param>
    /// <param name="deliveries">Gets what to send, in order.</param>
    /// <returns>Whether there is more to do at once.</returns>
    public bool Advance(
        KeyspaceView view, long nowMilliseconds, int workMax, ICollection<WatchDelivery> deliveries)
    {
        if (Seen < view.RemovalBegun)
        {
            FallBehind(view);
        }

        var work = TellLive(view, workMax, deliveries);
        var hasSeenAll = Seen >= view.Revision;
        do
        {
            work += CatchUpSome(view, deliveries);
        }
        while (work < workMax && _catchUp.HasTurns);

        _clock.Tick(nowMilliseconds, Seen, deliveries);
        if (hasSeenAll)
        {
            AnswerProgress(deliveries);
        }

        return !hasSeenAll || _catchUp.HasTurns;
    }

    private static WatchRefusal? Refusal(WatchStream stream, WatchRequest request) =>
        request.StartRevision < Revision.None ? WatchRefusal.NegativeStart
        : request.Keys.IsEmpty ? WatchRefusal.EmptyRange
        : request.WatchId != 0 && stream.Watchers.ContainsKey(request.WatchId) ? WatchRefusal.DuplicateId
        : null;

    private void Detach(Watcher watcher)
    {
        watcher.IsGone = true;
        Count--;
        if (watcher.IsBehind)
        {
            _catchUp.Forget(watcher);
        }
        else
        {
            _live.Remove(watcher);
        }
    }

    // A keyspace that came from a snapshot may lack changes that the hub has not seen. Every live watch goes on
    // from its own place, or hears that it is compacted.
    private void FallBehind(KeyspaceView view)
    {
        foreach (var stream in _streams.Values)
        {
            foreach (var watcher in stream.Watchers.Values)
            {
                if (!watcher.IsBehind && watcher.Next <= view.Revision)
                {
                    FallBehind(watcher, Revision.Max(watcher.Next, Seen.Next));
                }
            }
        }

        Seen = Revision.Max(Seen, view.Revision);
    }

    private void FallBehind(Watcher watcher, Revision next)
    {
        _live.Remove(watcher);
        watcher.Next = next;
        _catchUp.Add(watcher);
    }

    private int TellLive(KeyspaceView view, int workMax, ICollection<WatchDelivery> deliveries)
    {
        var work = 0;
        var log = view.Reader.Index.Log;
        var ordinal = Seen < view.Revision ? log.Seek(Seen.Next.Value) : log.Count;
        while (ordinal < log.Count && work < workMax)
        {
            var revision = log[ordinal].Main;
            for (; log[ordinal].Main == revision; ordinal++)
            {
                Match(view, ordinal);
                work++;
            }

            Seen = new Revision(revision);
            work += TellTouched(deliveries);
            ordinal = log.SkipMissing(ordinal);
        }

        if (ordinal >= log.Count)
        {
            Seen = Revision.Max(Seen, view.Revision);
        }

        return work;
    }

    private void Match(KeyspaceView view, long ordinal)
    {
        _found.Clear();
        _live.Find(view.Reader.Index.Log[ordinal].Key, _found);
        if (_found.Count == 0)
        {
            return;
        }

        var events = new ChangeEvents(view.Reader, ordinal);
        foreach (var group in _found)
        {
            if (!group.Interest.Accepts(events.Kind))
            {
                continue;
            }

            if (group.Pending.Count == 0)
            {
                _touched.Add(group);
            }

            group.Pending.Add(events.Get(group.Interest.WithPrevious));
        }
    }

    private int TellTouched(ICollection<WatchDelivery> deliveries)
    {
        var told = deliveries.Count;
        WatchEvents? last = null;
        foreach (var group in _touched)
        {
            last = NoticeOf(group.Pending, last);
            group.Pending.Clear();
            foreach (var watcher in group.Members)
            {
                TellLive(watcher, last, deliveries);
            }
        }

        _touched.Clear();
        foreach (var watcher in _stuck)
        {
            FallBehind(watcher, Seen);
        }

        _stuck.Clear();
        return deliveries.Count - told;
    }

    private void TellLive(Watcher watcher, WatchEvents notice, ICollection<WatchDelivery> deliveries)
    {
        if (watcher.Next > Seen)
        {
            return;
        }

        if (!watcher.Stream.HasRoom)
        {
            _stuck.Add(watcher);
            return;
        }

        watcher.Stream.TakeRoom(notice);
        watcher.IsQuiet = false;
        deliveries.Add(new(watcher.Stream.Id, watcher.Id, Seen, notice));
    }

    // Groups of different interest often hear of the very same single event.
    private static WatchEvents NoticeOf(List<WatchEvent> pending, WatchEvents? last) =>
        last is not null && pending.Count == 1 && last.Events.Count == 1
            && ReferenceEquals(pending[0], last.Events[0])
            ? last
            : new WatchEvents([.. pending]);

    private int CatchUpSome(KeyspaceView view, ICollection<WatchDelivery> deliveries)
    {
        var work = _catchUp.Turn(view, Seen, deliveries);
        foreach (var watcher in _catchUp.TakeCompacted())
        {
            watcher.IsGone = true;
            watcher.Stream.Watchers.Remove(watcher.Id);
            Count--;
        }

        foreach (var watcher in _catchUp.TakeCaughtUp())
        {
            _live.Add(watcher);
        }

        return work;
    }

    private void AnswerProgress(ICollection<WatchDelivery> deliveries)
    {
        foreach (var stream in _asking)
        {
            var isUpToDate = stream.Watchers.Count > 0 && stream.Watchers.Values.All(watcher => watcher.IsUpToDate(Seen));
            if (!isUpToDate || stream.IsClosed)
            {
                stream.ProgressRequests = 0;
            }

            for (; stream.ProgressRequests > 0 && stream.HasRoom; stream.ProgressRequests--)
            {
                stream.TakeRoom(WatchProgress.Instance);
                deliveries.Add(new(stream.Id, -1, Seen, WatchProgress.Instance));
            }
        }

        _asking.RemoveAll(stream => stream.ProgressRequests == 0);
    }
}
