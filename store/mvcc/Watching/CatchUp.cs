namespace Sync.Mvcc.Watching;

/// <summary>
/// Brings watches that are behind up to date, in turns: the watch at the head of the line opens a window of
/// history at its place, and others whose place lies in the window share it.
/// </summary>
/// <param name="settings">The limits of a window.</param>
internal sealed class CatchUp(WatchSettings settings)
{
    // How many watches a turn looks at; those that do not fit its window go to the end of the line.
    private const int CandidatesMax = 1024;

    private readonly Queue<Watcher> _line = [];
    private readonly List<Watcher> _company = [];
    private readonly List<WatchGroup> _found = [];
    private readonly List<WatchGroup> _touched = [];
    private List<Watcher> _compacted = [];
    private List<Watcher> _caughtUp = [];

    /// <summary>How many watches are behind.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a watch waits for its turn.</summary>
    public bool HasTurns => _line.Count > 0;

    /// <summary>Takes a watch in, at its place <see cref="Watcher.Next"/>.</summary>
    public void Add(Watcher watcher)
    {
        watcher.IsBehind = true;
        Count++;
        _line.Enqueue(watcher);
    }

    /// <summary>Forgets a watch that is gone; it leaves the line when its turn comes.</summary>
    public void Forget(Watcher watcher)
    {
        watcher.IsBehind = false;
        Count--;
    }

    /// <summary>Lets the watches of a stream that has room again stand in line.</summary>
    public void Unpark(WatchStream stream)
    {
        if (stream.HasRoom)
        {
            stream.Parked.ForEach(_line.Enqueue);
            stream.Parked.Clear();
        }
    }

    /// <summary>The watches that were told that they are compacted since the last call.</summary>
    public List<Watcher> TakeCompacted() => Take(ref _compacted);

    /// <summary>The watches that have come up to date since the last call.</summary>
    public List<Watcher> TakeCaughtUp() => Take(ref _caughtUp);

    /// <summary>Reads one window of history.</summary>
    /// <param name="view">The newest view.</param>
    /// <param name="seen">Where live watches are; watches that have come past it are caught up.</param>
    /// <param name="deliveries">Gets what to send.</param>
    /// <returns>How many changes and responses were handled.</returns>
    public int Turn(KeyspaceView view, Revision seen, ICollection<WatchDelivery> deliveries)
    {
        var told = deliveries.Count;
        GatherCompany(view, deliveries);
        if (_company.Count == 0)
        {
            return deliveries.Count - told;
        }

        var index = new InterestIndex();
        _company.ForEach(index.Add);
        var (end, changes) = ReadWindow(view, _company[0].Next, seen, index);
        foreach (var watcher in _company)
        {
            Tell(watcher, view.Revision, end, deliveries);
            watcher.Group = null;
            Place(watcher, seen);
        }

        _touched.ForEach(group => group.Pending.Clear());
        _touched.Clear();
        _company.Clear();
        return changes + deliveries.Count - told;
    }

    private void GatherCompany(KeyspaceView view, ICollection<WatchDelivery> deliveries)
    {
        var first = Revision.None;
        for (var candidates = Math.Min(_line.Count, CandidatesMax); candidates > 0; candidates--)
        {
            var watcher = _line.Dequeue();
            if (watcher.IsGone)
            {
                continue;
            }

            if (!watcher.Stream.HasRoom)
            {
                watcher.Stream.Parked.Add(watcher);
            }
            else if (watcher.Next < view.CompactedRevision)
            {
                EndCompacted(watcher, view.CompactedRevision, deliveries);
            }
            else if (_company.Count == 0 || IsInWindow(watcher.Next, first))
            {
                first = _company.Count == 0 ? watcher.Next : first;
                _company.Add(watcher);
            }
            else
            {
                _line.Enqueue(watcher);
            }
        }
    }

    private bool IsInWindow(Revision next, Revision first) =>
        next >= first && next.Value - first.Value < settings.CatchUpRevisionsMax;

    private void EndCompacted(Watcher watcher, Revision compacted, ICollection<WatchDelivery> deliveries)
    {
        var notice = new WatchCompacted(compacted);
        watcher.Stream.TakeRoom(notice);
        deliveries.Add(new(watcher.Stream.Id, watcher.Id, Revision.None, notice));
        Forget(watcher);
        _compacted.Add(watcher);
    }

    /// <summary>Collects the events of a window for each group.</summary>
    /// <returns>The revision after the window, and how many changes it has.</returns>
    private (Revision End, int Changes) ReadWindow(
        KeyspaceView view, Revision first, Revision seen, InterestIndex index)
    {
        var log = view.Reader.Index.Log;
        var changes = 0;
        var revisions = 0;
        var bytes = 0L;
        var last = 0L;
        for (var ordinal = log.Seek(first.Value); ordinal < log.Count; ordinal = log.SkipMissing(ordinal + 1))
        {
            var revision = log[ordinal].Main;
            if (revision > seen.Value)
            {
                break;
            }

            if (revision != last)
            {
                if (revisions == settings.CatchUpRevisionsMax || bytes >= settings.CatchUpBytesMax)
                {
                    return (new Revision(revision), changes);
                }

                revisions++;
                last = revision;
            }

            bytes += Match(view, ordinal, index);
            changes++;
        }

        return (Revision.Max(first, seen.Next), changes);
    }

    private long Match(KeyspaceView view, long ordinal, InterestIndex index)
    {
        _found.Clear();
        ref readonly var record = ref view.Reader.Index.Log[ordinal];
        index.Find(record.Key, _found);
        if (_found.Count == 0)
        {
            return 0;
        }

        var events = new ChangeEvents(view.Reader, ordinal);
        var bytes = 0L;
        foreach (var group in _found)
        {
            if (group.Interest.Accepts(events.Kind))
            {
                if (group.Pending.Count == 0)
                {
                    _touched.Add(group);
                }

                var told = events.Get(group.Interest.WithPrevious);
                group.Pending.Add(told);
                bytes = Math.Max(bytes, told.Bytes);
            }
        }

        return bytes;
    }

    private static void Tell(
        Watcher watcher, Revision revision, Revision end, ICollection<WatchDelivery> deliveries)
    {
        Invariant.Require(watcher.Group is not null, "a watch of the company is in the window's index");
        var events = watcher.Group.Pending;
        var first = events.FindIndex(told => told.Pair.ModRevision >= watcher.Next);
        if (first < 0)
        {
            watcher.Next = Revision.Max(watcher.Next, end);
        }
        else if (watcher.Stream.HasRoom)
        {
            var notice = watcher.Group.NoticeFrom(first);
            watcher.Stream.TakeRoom(notice);
            watcher.IsQuiet = false;
            watcher.Next = end;
            deliveries.Add(new(watcher.Stream.Id, watcher.Id, revision, notice));
        }
        else
        {
            // What it needs to be told begins here; next time the window does, too.
            watcher.Next = events[first].Pair.ModRevision;
        }
    }

    private void Place(Watcher watcher, Revision seen)
    {
        if (watcher.Next > seen)
        {
            Forget(watcher);
            _caughtUp.Add(watcher);
        }
        else if (!watcher.Stream.HasRoom)
        {
            watcher.Stream.Parked.Add(watcher);
        }
        else
        {
            _line.Enqueue(watcher);
        }
    }

    private static List<Watcher> Take(ref List<Watcher> taken)
    {
        var result = taken;
        if (result.Count > 0)
        {
            taken = [];
        }

        return result;
    }
}
