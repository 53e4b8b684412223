namespace Sync.Mvcc.Watching;

/// <summary>A client's stream: its watches and the room in its queue.</summary>
/// <param name="id">Its name.</param>
/// <param name="room">How many responses its queue takes at the start.</param>
/// <param name="roomBytes">How many bytes of them.</param>
internal sealed class WatchStream(WatchStreamId id, int room, long roomBytes)
{
    private int _room = room;
    private long _roomBytes = roomBytes;
    private long _nextId;

    public WatchStreamId Id { get; } = id;

    /// <summary>Whether its queue takes a response now, of whatever size.</summary>
    public bool HasRoom => _room > 0 && _roomBytes > 0;

    public Dictionary<long, Watcher> Watchers { get; } = [];

    /// <summary>Watches that are behind and wait for room.</summary>
    public List<Watcher> Parked { get; } = [];

    /// <summary>Requests for progress that are not answered yet.</summary>
    public int ProgressRequests { get; set; }

    /// <summary>When its next periodic progress is due, as the <see cref="ProgressClock"/> plans it; null for never.</summary>
    public long? ProgressDue { get; set; }

    public bool IsClosed { get; set; }

    /// <summary>Takes the room of a response that is queued.</summary>
    public void TakeRoom(WatchNotice notice)
    {
        _room--;
        _roomBytes -= notice.Bytes;
    }

    /// <summary>Gives the room of responses back that have left the queue.</summary>
    public void AddRoom(int responses, long bytes)
    {
        _room += responses;
        _roomBytes += bytes;
    }

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
