namespace Sync.Raft.Snapshots;

/// <summary>What becomes of a snapshot that was offered.</summary>
public enum SnapshotVerdict
{
    /// <summary>The next <see cref="Ready"/> says to install it. It must be kept until that is done.</summary>
    Accepted,

    /// <summary>
    /// The log holds its last entry already, so that the commit index could rise without it. Discard it.
    /// </summary>
    InLogAlready,

    /// <summary>Everything in it is committed here already, or its sender leads no more. Discard it.</summary>
    Stale,

    /// <summary>Another snapshot is being installed. Discard this one.</summary>
    InstallingAnother,
}
