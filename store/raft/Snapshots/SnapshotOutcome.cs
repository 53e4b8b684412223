namespace Sync.Raft.Snapshots;

/// <summary>How the sending of a snapshot ended.</summary>
public abstract record SnapshotOutcome
{
    private SnapshotOutcome()
    {
    }

    /// <summary>The follower has all its bytes. Whether it takes them is told by its next answers.</summary>
    /// <param name="Index">The last entry in the snapshot.</param>
    public sealed record Delivered(LogIndex Index) : SnapshotOutcome;

    /// <summary>It did not arrive. The leader asks for another one when the follower shows that it is alive.</summary>
    public sealed record Failed : SnapshotOutcome;
}
