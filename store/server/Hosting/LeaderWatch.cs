using Sync.Raft;
using Sync.Store.Options;
using Sync.Store.Replication;

namespace Sync.Store.Hosting;

/// <summary>
/// Notices that this member has known no leader for too long, that its data is known to differ from that of the others, and
/// that it was removed.
/// </summary>
/// <param name="published">Whom it knows.</param>
/// <param name="settings">How long an election takes.</param>
/// <param name="time">Looks from time to time.</param>
/// <remarks>
/// Source: etcd, api/v3rpc/interceptor.go: three looks in a row without a leader, one an election timeout.
/// </remarks>
internal sealed class LeaderWatch(PublishedState published, StoreSettings settings, TimeProvider time)
    : BackgroundService
{
    private const int LooksMax = 3;

    private volatile CancellationTokenSource _lost = new();
    private volatile CancellationTokenSource _diverged = new();
    private readonly CancellationTokenSource _removed = new();

    /// <summary>Fires when the leader that is known now, or the next one, is lost for too long.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Fires when this member's data turns out to differ.</summary>
    public CancellationToken Diverged => _diverged.Token;

    /// <summary>Fires when this member was removed.</summary>
    public CancellationToken Removed => _removed.Token;

    /// <inheritdoc/>
    public override void Dispose()
    {
        _removed.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(settings.ElectionTimeout, time);
        var looks = 0;
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await WatchDivergenceAsync();
                if (published.WasRemoved)
                {
                    await _removed.CancelAsync();
                }

                looks = published.Status.Leader == MemberId.None ? looks + 1 : 0;
                if (looks == LooksMax)
                {
                    // Who holds the old token keeps its source alive as long as it needs to.
                    var lost = _lost;
                    _lost = new CancellationTokenSource();
                    await lost.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops; streams hear of that by themselves.
        }
    }

    // An operator may have disarmed the alarm, so that streams begin anew.
    private async Task WatchDivergenceAsync()
    {
        if (published.HasDiverged && !_diverged.IsCancellationRequested)
        {
            await _diverged.CancelAsync();
        }
        else if (!published.HasDiverged && _diverged.IsCancellationRequested)
        {
            _diverged = new CancellationTokenSource();
        }
    }
}
