using Sync.Metad.Watching;

namespace Sync.Metad.Keeping;

/// <summary>Writes the snapshot of now to disk, while the backend is followed: soon after it changed, and at the end.</summary>
/// <remarks>A crash loses the changes of the last ten seconds, which are then asked of the backend as ever.</remarks>
internal sealed partial class SnapshotKeeper : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly SnapshotFile _file;
    private readonly SnapshotFeed _feed;
    private readonly TimeProvider _time;
    private readonly ILogger<SnapshotKeeper> _logger;

    // The sequence of the state whose snapshot the file holds.
    private long? _kept;
    private bool _isFailing;

    /// <summary>Creates a keeper that has written nothing.</summary>
    public SnapshotKeeper(SnapshotFile file, SnapshotFeed feed, TimeProvider time, ILogger<SnapshotKeeper> logger)
    {
        _file = file;
        _feed = feed;
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Keep();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await _feed.WaitForAsync(IsFollowed, stoppingToken);
            Keep();
            await Task.Delay(Interval, _time, stoppingToken);
        }
    }

    private static bool IsFollowed(FeedState state) => state is { IsLoaded: true, LostSince: null };

    private void Keep()
    {
        var state = _feed.Current;
        if (!IsFollowed(state))
        {
            return;
        }

        try
        {
            if (_kept == state.Sequence)
            {
                _file.Confirm(_time.GetUtcNow());
            }
            else
            {
                _file.Write(state.Snapshot, _time.GetUtcNow());
            }

            _kept = state.Sequence;
            _isFailing = false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Whatever is there now, the next try writes it whole.
            _kept = null;
            if (!_isFailing)
            {
                Log.NotKept(_logger, exception.Message);
            }

            _isFailing = true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3061, LogLevel.Error, "The snapshot could not be kept on disk, it is tried again: {Problem}")]
        public static partial void NotKept(ILogger logger, string problem);
    }
}
