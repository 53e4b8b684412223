namespace Sync.Mvcc.Watching;

/// <summary>A client's stream: its watches and the room in its queue.</summary>
/// <param name="id">Its name.</param>
/// <param name="room">The room at the start.</param>
internal sealed class WatchStream(WatchStreamId id, int room)
{
    private long _nextId;

    public WatchStreamId Id { get; } = id;

    /// <summary>How many responses its queue takes now.</summary>
    public int Room { get; set; } = room;

    public Dictionary<long, Watcher> Watchers { get; } = [];

    /// <summary>Watches that are behind and wait for room.</summary>
    public List<Watcher> Parked { get; } = [];

    /// <summary>Requests for progress that are not answered yet.</summary>
    public int ProgressRequests { get; set; }

    /// <summary>When its next periodic progress is due, as the <see cref="ProgressClock"/> plans it; null for never.</summary>
    public long? ProgressDue { get; set; }

    public bool IsClosed { get; set; }

    /// <summary>The ID for a watch: the wished one, or the next number that is free.</summary>
    public long NameFor(long wished)
    {
        if (wished != 0)
        {
            return wished;
        }

        while (Watchers.ContainsKey(_nextId))
        {
            _nextId++;
        }

        return _nextId++;
    }
}
