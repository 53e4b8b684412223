using Sync.Mvcc.Watching;
using Sync.Store.Hosting;
using Sync.Store.Options;
using Sync.Store.Replication;

namespace Sync.Store.Watching;

/// <summary>Lets the watch desk take what streams ask and read what the newest view has, on a thread at a time.</summary>
internal sealed class WatchLoop : BackgroundService
{
    // About how many changes and responses are handled before streams are listened to again.
    private const int WorkPerTurn = 2048;
    private const long AlarmMillisecondsMax = 24 * 60 * 60 * 1000;

    private readonly WatchInbox _inbox;
    private readonly PublishedState _published;
    private readonly FailStop _failStop;
    private readonly TimeProvider _time;
    private readonly WatchDesk _desk;

    /// <summary>A loop without streams.</summary>
    public WatchLoop(
        WatchInbox inbox, PublishedState published, FailStop failStop, StoreSettings settings, TimeProvider time)
    {
        _inbox = inbox;
        _published = published;
        _failStop = failStop;
        _time = time;
        _desk = new(new WatchHub(
            new WatchSettings { ProgressIntervalMilliseconds = (long)settings.WatchProgressInterval.TotalMilliseconds },
            published.View.Revision,
            Random.Shared));
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
        _desk.End();
    }

    private bool TakeTurn()
    {
        for (var taken = 0; taken < WorkPerTurn && _inbox.Inputs.TryRead(out var input); taken++)
        {
            _desk.Take(input, _published.View, Now);
        }

        _inbox.LooksNow();
        var hasMore = _desk.Advance(_published.View, Now, WorkPerTurn);
        _inbox.Seen = _desk.Seen;
        return hasMore;
    }

    private long Now => (long)_time.GetElapsedTime(0).TotalMilliseconds;

    private void SetAlarm(ITimer alarm)
    {
        if (_desk.NextProgressMilliseconds is { } due)
        {
            // A timer takes no more than some weeks; looking too early does no harm.
            var wait = TimeSpan.FromMilliseconds(Math.Clamp(due - Now, 1, AlarmMillisecondsMax));
            alarm.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }
}
