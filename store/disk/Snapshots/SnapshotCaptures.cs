using Sync.Raft;

namespace Sync.Disk.Snapshots;

/// <summary>The captures of a directory that are not disposed: followers that get one need the log after it. Any thread.</summary>
internal sealed class SnapshotCaptures
{
    private readonly Lock _lock = new();
    private readonly List<SnapshotCapture> _open = [];

    /// <summary>The applied index of the oldest one; null when there is none.</summary>
    internal LogIndex? Oldest
    {
        get
        {
            lock (_lock)
            {
                return _open.Count == 0 ? null : _open.Min(capture => capture.Manifest.State.Applied);
            }
        }
    }

    internal SnapshotCapture Add(SnapshotCapture capture)
    {
        lock (_lock)
        {
            _open.Add(capture);
        }

        return capture;
    }

    internal void Remove(SnapshotCapture capture)
    {
        lock (_lock)
        {
            _open.Remove(capture);
        }
    }
}
