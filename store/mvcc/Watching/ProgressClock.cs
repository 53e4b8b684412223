namespace Sync.Mvcc.Watching;

/// <summary>Plans the periodic progress of streams.</summary>
/// <param name="settings">The interval.</param>
/// <param name="jitter">Spreads it over up to a tenth, so that streams opened together drift apart.</param>
internal sealed class ProgressClock(WatchSettings settings, Random jitter)
{
    private readonly PriorityQueue<WatchStream, long> _due = new();

    /// <summary>When the next one is due; null when none is planned.</summary>
    public long? NextMilliseconds => _due.TryPeek(out _, out var due) ? due : null;

    /// <summary>Plans a stream, unless it is planned already.</summary>
    public void Start(WatchStream stream, long nowMilliseconds)
    {
        if (!stream.IsTicking)
        {
            stream.IsTicking = true;
            Plan(stream, nowMilliseconds);
        }
    }

    /// <summary>
    /// Tells the watches of each stream that is due: those that asked for it, are up to date and were told
    /// nothing since the last time.
    /// </summary>
    public void Tick(long nowMilliseconds, Revision seen, ICollection<WatchDelivery> deliveries)
    {
        while (_due.TryPeek(out var stream, out var due) && due <= nowMilliseconds)
        {
            _due.Dequeue();
            stream.IsTicking = !stream.IsClosed && stream.Watchers.Values.Any(watcher => watcher.ProgressNotify);
            if (stream.IsTicking)
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
            if (watcher.ProgressNotify && watcher.IsQuiet && watcher.IsUpToDate(seen) && stream.Room > 0)
            {
                stream.Room--;
                deliveries.Add(new(stream.Id, watcher.Id, seen, WatchProgress.Instance));
            }

            watcher.IsQuiet = true;
        }
    }

    private void Plan(WatchStream stream, long nowMilliseconds)
    {
        var interval = settings.ProgressIntervalMilliseconds;
        _due.Enqueue(stream, nowMilliseconds + interval + (long)(jitter.NextDouble() * interval / 10));
    }
}
