using Sync.Mvcc.Watching;
using Sync.Store.Hosting;
using Sync.Store.Options;
using Sync.Store.Replication;

namespace Sync.Store.Watching;

/// <summary>Owns the watch hub: takes what streams ask, reads what the newest view has, queues what to send.</summary>
internal sealed class WatchLoop : BackgroundService
{
    // About how many changes and responses are handled before streams are listened to again.
    private const int WorkPerTurn = 2048;
    private const long AlarmMillisecondsMax = 24 * 60 * 60 * 1000;

    private readonly WatchInbox _inbox;
    private readonly PublishedState _published;
    private readonly FailStop _failStop;
    private readonly TimeProvider _time;
    private readonly WatchHub _hub;
    private readonly Dictionary<WatchStreamId, WatchSession> _sessions = [];
    private readonly List<WatchDelivery> _deliveries = [];

    /// <summary>A loop without streams.</summary>
    public WatchLoop(
        WatchInbox inbox, PublishedState published, FailStop failStop, StoreSettings settings, TimeProvider time)
    {
        _inbox = inbox;
        _published = published;
        _failStop = failStop;
        _time = time;
        _hub = new WatchHub(
            new WatchSettings { ProgressIntervalMilliseconds = (long)settings.WatchProgressInterval.TotalMilliseconds },
            published.View.Revision,
            Random.Shared);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var alarm = _time.CreateTimer(
            _ => _inbox.Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        try
        {
            while (await _inbox.Inputs.WaitToReadAsync(stoppingToken))
            {
                while (TakeTurn())
                {
                    stoppingToken.ThrowIfCancellationRequested();
                }

                SetAlarm(alarm);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops; streams end with it.
        }
#pragma warning disable CA1031 // The edge of the loop: a change that cannot be read ends the process in order.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _failStop.Stop(failure);
        }

        _inbox.Close();
        foreach (var session in _sessions.Values)
        {
            session.End();
        }
    }

    private bool TakeTurn()
    {
        for (var taken = 0; taken < WorkPerTurn && _inbox.Inputs.TryRead(out var input); taken++)
        {
            Take(input);
        }

        _inbox.LooksNow();
        var hasMore = _hub.Advance(_published.View, Now, WorkPerTurn, _deliveries);
        foreach (var delivery in _deliveries)
        {
            Queue(delivery, fragments: false);
        }

        _deliveries.Clear();
        _inbox.Seen = _hub.Seen;
        return hasMore;
    }

    private void Take(WatchInput input)
    {
        switch (input)
        {
            case WatchInput.Look:
                break;
            case WatchInput.Open open:
                open.Session.Stream = _hub.OpenStream();
                _sessions.Add(open.Session.Stream, open.Session);
                break;
            case WatchInput.Create create when _sessions.ContainsKey(create.Session.Stream):
                Queue(_hub.Create(create.Session.Stream, create.Request, _published.View, Now), create.Fragments);
                break;
            case WatchInput.Create:
                // Its stream ended meanwhile.
                break;
            case WatchInput.Cancel cancel when _sessions.ContainsKey(cancel.Session.Stream):
                if (_hub.Cancel(cancel.Session.Stream, cancel.WatchId, _published.View) is { } answer)
                {
                    Queue(answer, fragments: false);
                }

                break;
            case WatchInput.Cancel:
                break;
            case WatchInput.RequestProgress progress when _sessions.ContainsKey(progress.Session.Stream):
                _hub.RequestProgress(progress.Session.Stream);
                break;
            case WatchInput.RequestProgress:
                break;
            case WatchInput.AddRoom room when _sessions.ContainsKey(room.Session.Stream):
                _hub.AddRoom(room.Session.Stream, room.Responses, room.Bytes);
                break;
            case WatchInput.AddRoom:
                break;
            case WatchInput.Close close:
                _hub.CloseStream(close.Session.Stream);
                _sessions.Remove(close.Session.Stream);
                break;
        }
    }

    private long Now => (long)_time.GetElapsedTime(0).TotalMilliseconds;

    private void Queue(WatchDelivery delivery, bool fragments)
    {
        if (_sessions.TryGetValue(delivery.Stream, out var session))
        {
            session.Queue(delivery, fragments);
        }
    }

    private void SetAlarm(ITimer alarm)
    {
        if (_hub.NextProgressMilliseconds is { } due)
        {
            // A timer takes no more than some weeks; looking too early does no harm.
            var wait = TimeSpan.FromMilliseconds(Math.Clamp(due - Now, 1, AlarmMillisecondsMax));
            alarm.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }
}
