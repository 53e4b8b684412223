using Sync.Mvcc;
using Sync.Mvcc.Watching;

namespace Sync.Store.Watching;

/// <summary>The watch hub with the streams of its clients: carries out what they ask, and queues what they are told.</summary>
/// <remarks>Belongs to one thread. Times are milliseconds of one monotonic clock.</remarks>
internal sealed class WatchDesk
{
    private readonly WatchHub _hub;
    private readonly Dictionary<WatchStreamId, WatchSession> _sessions = [];
    private readonly List<WatchDelivery> _deliveries = [];

    /// <summary>A desk without streams.</summary>
    /// <param name="hub">The hub, which nobody else uses.</param>
    public WatchDesk(WatchHub hub) => _hub = hub;

    /// <summary>The revision up to which watches have seen every change.</summary>
    public Revision Seen => _hub.Seen;

    /// <summary>When the next progress is due; null while no watch wants one.</summary>
    public long? NextProgressMilliseconds => _hub.NextProgressMilliseconds;

    /// <summary>Carries out what a stream asks. What comes from one that has ended meanwhile has no effect.</summary>
    /// <param name="input">What it asks.</param>
    /// <param name="view">The newest view.</param>
    /// <param name="now">The time.</param>
    public void Take(WatchInput input, KeyspaceView view, long now)
    {
        switch (input)
        {
            case WatchInput.Open open:
                open.Session.Stream = _hub.OpenStream();
                _sessions.Add(open.Session.Stream, open.Session);
                break;
            case WatchInput.Create create when IsOpen(create.Session):
                Queue(_hub.Create(create.Session.Stream, create.Request, view, now), create.Fragments);
                break;
            case WatchInput.Cancel cancel when IsOpen(cancel.Session):
                if (_hub.Cancel(cancel.Session.Stream, cancel.WatchId, view) is { } answer)
                {
                    Queue(answer, fragments: false);
                }

                break;
            case WatchInput.RequestProgress progress when IsOpen(progress.Session):
                _hub.RequestProgress(progress.Session.Stream);
                break;
            case WatchInput.AddRoom room when IsOpen(room.Session):
                _hub.AddRoom(room.Session.Stream, room.Responses, room.Bytes);
                break;
            case WatchInput.Close close:
                _hub.CloseStream(close.Session.Stream);
                _sessions.Remove(close.Session.Stream);
                break;
        }
    }

    /// <summary>Reads what is new and queues it at the streams.</summary>
    /// <param name="view">The newest view.</param>
    /// <param name="now">The time.</param>
    /// <param name="workMax">About how many changes and responses are handled.</param>
    /// <returns>Whether there is more to do at once.</returns>
    public bool Advance(KeyspaceView view, long now, int workMax)
    {
        var hasMore = _hub.Advance(view, now, workMax, _deliveries);
        foreach (var delivery in _deliveries)
        {
            Queue(delivery, fragments: false);
        }

        _deliveries.Clear();
        return hasMore;
    }

    /// <summary>Ends all streams after what is queued.</summary>
    public void End()
    {
        foreach (var session in _sessions.Values)
        {
            session.End();
        }
    }

    private bool IsOpen(WatchSession session) => _sessions.ContainsKey(session.Stream);

    private void Queue(WatchDelivery delivery, bool fragments)
    {
        if (_sessions.TryGetValue(delivery.Stream, out var session))
        {
            session.Queue(delivery, fragments);
        }
    }
}
