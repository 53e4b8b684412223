using Sync.Raft.Snapshots;

namespace Sync.Raft.Log;

/// <summary>One write that is under way: what becomes durable with it.</summary>
/// <param name="ReadyNumber">The Ready that asked for it.</param>
/// <param name="LastIndex">The last entry that is durable afterwards.</param>
/// <param name="Term">The term that is durable afterwards.</param>
/// <param name="Vote">The vote that is durable afterwards.</param>
/// <param name="Commit">The commit index that is durable afterwards.</param>
/// <param name="Snapshot">The snapshot that is in place afterwards, if one was to be installed.</param>
internal sealed record PendingWrite(
    ulong ReadyNumber, LogIndex LastIndex, Term Term, MemberId Vote, LogIndex Commit, SnapshotHeader? Snapshot = null);

/// <summary>The writes that are under way, in order.</summary>
internal sealed class PendingWrites
{
    // Few at any moment: the log thread takes all that wait at once.
    private readonly List<PendingWrite> _writes = [];

    /// <summary>Whether a write is under way.</summary>
    public bool Any => _writes.Count > 0;

    /// <summary>How many ticks have passed since a write ended while others are under way; 0 when none is.</summary>
    public int StalledTicks { get; private set; }

    /// <summary>Lets a tick pass.</summary>
    public void Tick() => StalledTicks = Any ? StalledTicks + 1 : 0;

    /// <summary>Notes a write that begins now.</summary>
    public void Add(PendingWrite write) => _writes.Add(write);

    /// <summary>Ends the writes of all Readys up to one.</summary>
    /// <returns>What they made durable together; null when none was under way.</returns>
    public PendingWrite? Complete(ulong readyNumber)
    {
        var count = 0;
        SnapshotHeader? snapshot = null;
        while (count < _writes.Count && _writes[count].ReadyNumber <= readyNumber)
        {
            snapshot = _writes[count].Snapshot ?? snapshot;
            count++;
        }

        if (count == 0)
        {
            return null;
        }

        var last = _writes[count - 1];
        _writes.RemoveRange(0, count);
        StalledTicks = 0;
        return ReferenceEquals(last.Snapshot, snapshot) ? last : last with { Snapshot = snapshot };
    }

    /// <summary>
    /// Takes note that entries from a position on were replaced: a write under way makes durable only those
    /// before it, for the write that replaces them comes after.
    /// </summary>
    public void CutFrom(LogIndex index)
    {
        for (var position = 0; position < _writes.Count; position++)
        {
            if (_writes[position].LastIndex >= index)
            {
                _writes[position] = _writes[position] with { LastIndex = index.Previous };
            }
        }
    }
}
