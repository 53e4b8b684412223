namespace Sync.Raft.Log;

/// <summary>One write that is under way: what becomes durable with it.</summary>
/// <param name="ReadyNumber">The Ready that asked for it.</param>
/// <param name="LastIndex">The last entry that is durable afterwards.</param>
/// <param name="Term">The term that is durable afterwards.</param>
/// <param name="Vote">The vote that is durable afterwards.</param>
internal sealed record PendingWrite(ulong ReadyNumber, LogIndex LastIndex, Term Term, MemberId Vote);

/// <summary>The writes that are under way, in order.</summary>
internal sealed class PendingWrites
{
    // Few at any moment: the log thread takes all that wait at once.
    private readonly List<PendingWrite> _writes = [];

    /// <summary>Whether a write is under way.</summary>
    public bool Any => _writes.Count > 0;

    /// <summary>Notes a write that begins now.</summary>
    public void Add(PendingWrite write) => _writes.Add(write);

    /// <summary>Ends the writes of all Readys up to one.</summary>
    /// <returns>What the last of them made durable; null when none was under way.</returns>
    public PendingWrite? Complete(ulong readyNumber)
    {
        var count = 0;
        while (count < _writes.Count && _writes[count].ReadyNumber <= readyNumber)
        {
            count++;
        }

        if (count == 0)
        {
            return null;
        }

        var last = _writes[count - 1];
        _writes.RemoveRange(0, count);
        return last;
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
