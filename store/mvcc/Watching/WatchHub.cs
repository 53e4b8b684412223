namespace Sync.Mvcc.Watching;

/// <summary>
/// Tells watches of changes. It is pulled: <see cref="Advance"/> reads what the view has that it has not yet
/// seen, and returns what to send.
/// </summary>
/// <remarks>
/// Owned by one loop. All that is returned is queued per stream in the order of return. Each stream has room
/// for so many responses; a watch of a stream without room falls behind and is caught up from history later.
/// </remarks>
public sealed class WatchHub
{
    /// <summary>A hub without streams.</summary>
    /// <param name="settings">Its limits.</param>
    /// <param name="start">The revision that the hub begins to listen after.</param>
    /// <param name="jitter">Spreads progress over up to a tenth of the interval.</param>
    public WatchHub(WatchSettings settings, Revision start, Random jitter) =>
        throw new NotImplementedException();

    /// <summary>All changes up to this revision are told or noted down; see <see cref="Keyspace.CompactStep"/>.</summary>
    public Revision Seen => throw new NotImplementedException();

    /// <summary>How many watches there are.</summary>
    public int Count => throw new NotImplementedException();

    /// <summary>How many of them are behind.</summary>
    public int BehindCount => throw new NotImplementedException();

    /// <summary>When the next periodic progress is due; null when no watch asked for it.</summary>
    public long? NextProgressMilliseconds => throw new NotImplementedException();

    /// <summary>Opens a stream.</summary>
    public WatchStreamId OpenStream() => throw new NotImplementedException();

    /// <summary>Closes a stream with all its watches; nothing is returned for it any more.</summary>
    public void CloseStream(WatchStreamId stream) => throw new NotImplementedException();

    /// <summary>Says that a stream's queue has got shorter.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="responses">How many responses left the queue.</param>
    public void AddRoom(WatchStreamId stream, int responses) => throw new NotImplementedException();

    /// <summary>Creates a watch.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="request">What to watch.</param>
    /// <param name="view">The newest view.</param>
    /// <param name="nowMilliseconds">The time, for periodic progress.</param>
    /// <returns>The answer to queue: <see cref="WatchCreated"/> or <see cref="WatchRefused"/>.</returns>
    public WatchDelivery Create(
        WatchStreamId stream, WatchRequest request, KeyspaceView view, long nowMilliseconds) =>
        throw new NotImplementedException();

    /// <summary>Ends a watch.</summary>
    /// <returns>The answer to queue; null, no answer, when the stream has no such watch.</returns>
    public WatchDelivery? Cancel(WatchStreamId stream, long watchId, KeyspaceView view) =>
        throw new NotImplementedException();

    /// <summary>
    /// Asks for the progress of a whole stream. <see cref="Advance"/> answers once it has reached the view, if
    /// every watch of the stream is up to date then; otherwise nobody does.
    /// </summary>
    public void RequestProgress(WatchStreamId stream) => throw new NotImplementedException();

    /// <summary>Reads new changes and catches up watches that are behind.</summary>
    /// <param name="view">The newest view.</param>
    /// <param name="nowMilliseconds">The time, for periodic progress.</param>
    /// <param name="workMax">About how many changes and responses to handle.</param>
    /// <param name="deliveries">Gets what to send, in order.</param>
    /// <returns>Whether there is more to do at once.</returns>
    public bool Advance(
        KeyspaceView view, long nowMilliseconds, int workMax, ICollection<WatchDelivery> deliveries) =>
        throw new NotImplementedException();
}
