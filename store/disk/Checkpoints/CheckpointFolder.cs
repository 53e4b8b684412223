using Sync.Disk.Segments;

namespace Sync.Disk.Checkpoints;

/// <summary>The saved checkpoints of one group; the last two are kept.</summary>
public sealed class CheckpointFolder
{
    /// <summary>The newest checkpoint; null when there is none.</summary>
    public Checkpoint? Newest => throw new NotImplementedException();

    /// <summary>The one before it, which is kept in case the newest is damaged; null when there is none.</summary>
    public Checkpoint? Previous => throw new NotImplementedException();

    /// <summary>
    /// Syncs the captured segments, then writes the checkpoint durably, then removes what neither this one nor
    /// <see cref="Previous"/> names. One thread at a time; not the writer thread, for it may take long.
    /// </summary>
    /// <param name="checkpoint">Taken at the same moment as the capture; its segments are the capture's.</param>
    /// <param name="segments">The capture.</param>
    /// <exception cref="DiskFailureException">The process must stop.</exception>
    public void Save(Checkpoint checkpoint, SegmentsCapture segments) => throw new NotImplementedException();
}
