using Sync.Disk;
using Sync.Disk.Checkpoints;
using Sync.Disk.Segments;
using Sync.Store.Hosting;
using Sync.Store.Replication;

namespace Sync.Store.Durability;

/// <summary>
/// Does the slow work of the disk on a thread of its own: saves checkpoints, prepares log segments, writes the
/// index of sealed value segments.
/// </summary>
/// <param name="directory">The member's data.</param>
/// <param name="inbox">Hears when a checkpoint is durable.</param>
/// <param name="failStop">Ends the process when the disk fails.</param>
/// <param name="time">Says how long a member has been quiet.</param>
/// <param name="logger">Where saved checkpoints are told.</param>
internal sealed partial class UpkeepLoop(
    DataDirectory directory,
    Inbox<MemberRequest> inbox,
    FailStop failStop,
    TimeProvider time,
    ILogger<UpkeepLoop> logger)
    : BackgroundService
{
    // One finds that no view needs the removed files any more, one finds the files themselves.
    private const int CollectionsToCloseFiles = 3;
    // Log segments are prepared long before they are needed, so looking from time to time is enough.
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(2);

    private readonly Inbox<PendingCheckpoint?> _checkpoints = new(capacity: 1);
    private int _isSaving;

    // How many collections there must have been, and when the last thing was done for it.
    private int _collectionsDue;
    private long _collectedAt;

    private sealed record PendingCheckpoint(Checkpoint Checkpoint, SegmentsCapture Segments);

    /// <summary>Whether a checkpoint is being saved; the next one must wait.</summary>
    public bool IsSaving => Volatile.Read(ref _isSaving) != 0;

    /// <summary>Saves a checkpoint. Not while <see cref="IsSaving"/>.</summary>
    /// <param name="checkpoint">Taken at the same moment as the capture.</param>
    /// <param name="segments">The capture.</param>
    public void Save(Checkpoint checkpoint, SegmentsCapture segments)
    {
        Volatile.Write(ref _isSaving, 1);
        _checkpoints.Post(new PendingCheckpoint(checkpoint, segments));
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        stoppingToken.Register(() => _checkpoints.Post(null));
        return OwnThread.RunAsync("upkeep", () => Run(stoppingToken), failStop);
    }

    private void Run(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            if (directory.Log.NeedsMaintenance)
            {
                directory.Log.Maintain();
            }

            if (directory.Segments.NeedsSidecars)
            {
                directory.Segments.WriteSidecars();
            }

            CollectReaders();
            foreach (var pending in _checkpoints.Drain(LookInterval))
            {
                if (pending is not null)
                {
                    Save(pending);
                }
            }
        }
    }

    // A removed file's space is free when its last reader is collected. A busy member collects often enough by itself; a
    // quiet one might keep gigabytes for days.
    private void CollectReaders()
    {
        if (GC.CollectionCount(GC.MaxGeneration) < _collectionsDue && time.GetElapsedTime(_collectedAt) > QuietTime)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
            _collectedAt = time.GetTimestamp();
        }
    }

    private void Save(PendingCheckpoint pending)
    {
        var waitingBytes = directory.Segments.WaitingBytes;
        if (directory.Checkpoints.Save(pending.Checkpoint, pending.Segments))
        {
            inbox.Post(new MemberRequest.CheckpointSaved());
            Log.CheckpointSaved(logger, pending.Checkpoint.Applied.Value, pending.Checkpoint.Keyspace.Revision.Value);
        }

        if (directory.Segments.WaitingBytes < waitingBytes)
        {
            _collectionsDue = GC.CollectionCount(GC.MaxGeneration) + CollectionsToCloseFiles;
            _collectedAt = time.GetTimestamp();
        }

        Volatile.Write(ref _isSaving, 0);
    }
}
