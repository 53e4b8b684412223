using Sync.Metad.Backends;
using Sync.Metad.Model.Backends;

namespace Sync.Metad.Watching;

/// <summary>The one loop that follows the backend, builds the next snapshot and puts it in place.</summary>
internal sealed partial class MirrorLoop : BackgroundService
{
    // So many changes take some megabytes to read; less is not worth a pause.
    private const int LargeLoad = 10_000;

    private readonly IBackend _backend;
    private readonly SnapshotBuilder _builder;
    private readonly SnapshotFeed _feed;
    private readonly MetadMetrics _metrics;
    private readonly ILogger<MirrorLoop> _logger;

    /// <summary>Creates the loop.</summary>
    public MirrorLoop(
        IBackend backend, KeyLayout layout, SnapshotFeed feed, MetadMetrics metrics, ILogger<MirrorLoop> logger)
    {
        _backend = backend;
        _builder = new(layout);
        _feed = feed;
        _metrics = metrics;
        _logger = logger;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var update in _backend.FollowAsync(stoppingToken))
        {
            Take(update);
        }
    }

    private void Take(BackendUpdate update)
    {
        switch (update)
        {
            case BackendUpdate.Kept kept:
                // Told as lost first: at no moment are these keys taken for the backend's.
                _feed.SetLost(kept.KnownAt);
                Apply(kept.Revision, kept.Changes);
                Log.Kept(_logger, kept.KnownAt);
                break;
            case BackendUpdate.Changed changed:
                Apply(changed.Revision, changed.Changes);
                break;
            case BackendUpdate.Relisted listed:
                _metrics.CountReload();
                _feed.Forget();
                Log.Relisted(_logger, listed.Reason, listed.Changes.Count, listed.Revision);
                Apply(listed.Revision, listed.Changes);
                break;
            case BackendUpdate.Passed passed:
                _feed.Pass(passed.Revision);
                break;
            case BackendUpdate.Connected connected:
                _feed.SetLost(lostSince: null);
                Log.Connected(_logger, connected.Endpoint, _feed.Current.Snapshot.Revision);
                break;
            case BackendUpdate.Lost lost:
                _feed.SetLost(lost.Since);
                LogLost(lost);
                break;
        }
    }

    private void Apply(long revision, IReadOnlyCollection<BackendChange> changes)
    {
        var isFirst = !_feed.Current.IsLoaded;
        var unreadable = _builder.Apply(revision, changes);
        _feed.Publish(_builder.Current, _builder.ChangedBytes);
        if (isFirst)
        {
            Log.Loaded(_logger, changes.Count, revision);

            if (changes.Count >= LargeLoad)
            {
                // What reading the whole store took is given back to the machine.
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            }
        }

        foreach (var (host, problem) in unreadable)
        {
            _metrics.CountUnreadableRules();
            Log.RulesUnreadable(_logger, host, problem);
        }
    }

    // The first failure is news; the tries after it are told more quietly.
    private void LogLost(BackendUpdate.Lost lost)
    {
        if (lost.Failures == 1)
        {
            Log.Lost(_logger, lost.Problem, lost.RetryIn.TotalMilliseconds);
        }
        else
        {
            Log.StillLost(_logger, lost.Failures, lost.Problem, lost.RetryIn.TotalMilliseconds);
        }
    }
}
