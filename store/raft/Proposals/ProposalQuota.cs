namespace Sync.Raft.Proposals;

/// <summary>
/// The payload bytes that a leader took and that are not committed yet, kept under a limit: a leader that has
/// lost its majority must not fill its memory.
/// </summary>
/// <param name="bytesMax">The limit, in bytes.</param>
internal sealed class ProposalQuota(long bytesMax)
{
    /// <summary>The payload bytes that wait to be committed.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether so many bytes more may wait; any number may when nothing else does.</summary>
    public bool HasRoomFor(long bytes) => Bytes == 0 || Bytes + bytes <= bytesMax;

    /// <summary>Takes note that a payload waits.</summary>
    public void Take(int bytes) => Bytes += bytes;

    /// <summary>Takes note that a payload is committed.</summary>
    public void Return(int bytes)
    {
        Invariant.Require(bytes <= Bytes, "what is committed was waiting");
        Bytes -= bytes;
    }
}
