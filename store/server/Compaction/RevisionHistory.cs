using Sync.Mvcc;

namespace Sync.Store.Compaction;

/// <summary>Remembers which revision was current when, to say which one is older than the retention.</summary>
/// <param name="retention">How long history is kept.</param>
internal sealed class RevisionHistory(TimeSpan retention)
{
    private readonly Queue<(TimeSpan Time, Revision Revision)> _notes = new();

    /// <summary>Notes the current revision.</summary>
    /// <param name="revision">The revision.</param>
    /// <param name="now">The time of a monotonic clock.</param>
    /// <returns>The newest revision that is older than the retention; none when all are younger.</returns>
    public Revision Note(Revision revision, TimeSpan now)
    {
        _notes.Enqueue((now, revision));
        var old = Revision.None;
        while (_notes.Peek() is var first && now - first.Time >= retention)
        {
            old = first.Revision;
            _notes.Dequeue();
        }

        return old;
    }
}
