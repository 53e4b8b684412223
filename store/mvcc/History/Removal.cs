using Sync.Mvcc.Changes;

namespace Sync.Mvcc.History;

/// <summary>
/// Takes compacted changes out of the index, a few at a time: passes over the log from its beginning up to a
/// revision, chunk by chunk.
/// </summary>
internal sealed class Removal(ChangeIndex index, IChangeStore store)
{
    private long _chunk;

    /// <summary>The revision up to which everything removable is removed.</summary>
    public Revision Complete { get; private set; }

    /// <summary>The revision of the present pass: changes up to it may be missing already.</summary>
    public Revision Begun { get; private set; }

    private bool IsRunning => Begun > Complete;

    /// <summary>Notes that changes up to a compaction were perhaps removed in an earlier life.</summary>
    public void Resume(Revision compacted) => Begun = compacted;

    /// <summary>Looks at some changes, beginning a pass when none is running.</summary>
    /// <param name="changesMax">About how many.</param>
    /// <param name="target">The compaction to remove up to.</param>
    /// <returns>Whether something is left to look at.</returns>
    public bool Step(int changesMax, Revision target)
    {
        if (!IsRunning)
        {
            if (target <= Complete)
            {
                return false;
            }

            Begun = target;
            _chunk = 0;
        }

        for (var looked = 0; looked < changesMax;)
        {
            var log = index.Current.Log;
            var ordinal = log.SkipMissing(_chunk << LogChunk.Bits);
            if (ordinal >= log.Count || log[ordinal].Main > Begun.Value)
            {
                Complete = Begun;
                return target > Complete;
            }

            _chunk = ordinal >> LogChunk.Bits;
            looked += 1 + index.RemoveCompacted(_chunk, Begun.Value, store);
            _chunk++;
        }

        return true;
    }
}
