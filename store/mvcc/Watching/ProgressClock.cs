namespace Sync.Mvcc.Watching;

/// <summary>Plans the periodic progress of streams.</summary>
/// <param name="settings">The interval.</param>
/// <param name="jitter">Spreads it over up to a tenth, so that streams opened together drift apart.</param>
internal sealed class ProgressClock(WatchSettings settings, Random jitter)
{
    // By time and name; no two are equal in both.
    private readonly SortedSet<(long Due, long Id, WatchStream Stream)> _planned = [];

    /// <summary>When the next one is due; null when none is planned.</summary>
    public long? NextMilliseconds => _planned.Count > 0 ? _planned.Min.Due : null;

    /// <summary>Plans a stream, unless it is planned already.</summary>
    public void Start(WatchStream stream, long nowMilliseconds)
    {
        if (stream.ProgressDue is null)
        {
            Plan(stream, nowMilliseconds);
        }
    }

    /// <summary>Plans a stream no more, and forgets it.</summary>
    public void Stop(WatchStream stream)
    {
        if (stream.ProgressDue is { } due)
        {
            _planned.Remove((due, stream.Id.Value, stream));
            stream.ProgressDue = null;
        }
    }

    /// <summary>
    /// Tells the watches of each stream that is due: those that asked for it, are up to date and were told
    /// nothing since the last time.
    /// </summary>
    public void Tick(long nowMilliseconds, Revision seen, ICollection<WatchDelivery> deliveries)
    {
        while (NextMilliseconds <= nowMilliseconds)
        {
            var stream = _planned.Min.Stream;
            Stop(stream);
            if (stream.Watchers.Values.Any(watcher => watcher.ProgressNotify))
            {
                Tell(stream, seen, deliveries);
                Plan(stream, nowMilliseconds);
            }
        }
    }

    private static void Tell(WatchStream stream, Revision seen, ICollection<WatchDelivery> deliveries)
    {
        foreach (var watcher in stream.Watchers.Values)
        {
            if (watcher.ProgressNotify && watcher.IsQuiet && watcher.IsUpToDate(seen) && stream.HasRoom)
            {
                stream.TakeRoom(WatchProgress.Instance);
                deliveries.Add(new(stream.Id, watcher.Id, seen, WatchProgress.Instance));
            }

            watcher.IsQuiet = true;
        }
    }

    private void Plan(WatchStream stream, long nowMilliseconds)
    {
        var interval = settings.ProgressIntervalMilliseconds;
        var due = nowMilliseconds + interval + (long)(jitter.NextDouble() * interval / 10);
        stream.ProgressDue = due;
        _planned.Add((due, stream.Id.Value, stream));
    }
}
