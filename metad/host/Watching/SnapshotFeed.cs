using System.Collections.Immutable;
using Sync.Metad.Endpoints;
using Sync.Metad.Model.Views;

namespace Sync.Metad.Watching;

/// <summary>
/// Holds the current state: one loop replaces it whole, every request reads the reference once and takes no lock.
/// </summary>
/// <remarks>
/// The last snapshots stay at hand, without their answers, for readers that come back with the revision they know. They
/// share all that did not change between them: 128 are kept, fewer where what changed since the oldest is over 16 MiB.
/// </remarks>
internal sealed class SnapshotFeed
{
    private const int HistoryMax = 128;
    private const long HistoryBytesMax = 16 * 1024 * 1024;

    // Oldest first; replaced whole by the one loop that publishes.
    private ImmutableQueue<PastSnapshot> _history = [];
    private int _historyCount;

    // Of the changes after the oldest: the one that made it holds nothing that would go without it.
    private long _historyBytes;

    private FeedState _current = new(
        Sequence: 0,
        MetadataSnapshot.CreateEmpty(),
        IsLoaded: false,
        Through: 0,
        LostSince: null,
        new AnswerCache(revision: 0));

    /// <summary>The state of now.</summary>
    public FeedState Current => Volatile.Read(ref _current);

    /// <summary>A revision took effect. Called by the mirror's loop alone, as are the others below.</summary>
    /// <param name="snapshot">The snapshot at that revision.</param>
    /// <param name="changedBytes">The bytes of what changed to it, old and new.</param>
    public void Publish(MetadataSnapshot snapshot, long changedBytes)
    {
        Remember(new(snapshot, changedBytes));
        Replace(Current with
        {
            Snapshot = snapshot,
            IsLoaded = true,
            Through = snapshot.Revision,
            Answers = new AnswerCache(snapshot.Revision),
        });
    }

    /// <summary>A recent snapshot.</summary>
    /// <param name="revision">Its revision.</param>
    /// <returns>Null when it is too old, or never was.</returns>
    public MetadataSnapshot? Find(long revision) =>
        Volatile.Read(ref _history).LastOrDefault(past => past.Snapshot.Revision == revision).Snapshot;

    /// <summary>
    /// All keys were read anew. The store may be another one, whose revisions mean other content than those of before.
    /// </summary>
    public void Forget()
    {
        Volatile.Write(ref _history, []);
        _historyCount = 0;
        _historyBytes = 0;
    }

    /// <summary>Nothing changed up to a revision.</summary>
    /// <param name="revision">The revision.</param>
    public void Pass(long revision) => Replace(Current with { Through = Math.Max(revision, Current.Through) });

    /// <summary>The backend is followed, or it is not.</summary>
    /// <param name="lostSince">When it was last followed; null when it is.</param>
    public void SetLost(DateTimeOffset? lostSince) => Replace(Current with { LostSince = lostSince });

    /// <summary>Waits until a state fulfils a condition.</summary>
    /// <param name="isFulfilled">The condition.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<FeedState> WaitForAsync(Func<FeedState, bool> isFulfilled, CancellationToken cancellationToken)
    {
        var state = Current;
        while (!isFulfilled(state))
        {
            await state.Superseded.WaitAsync(cancellationToken);
            state = Current;
        }

        return state;
    }

    private void Remember(PastSnapshot last)
    {
        var history = _history.Enqueue(last);
        _historyBytes += _historyCount == 0 ? 0 : last.ChangedBytes;
        _historyCount++;
        while (_historyCount > HistoryMax || _historyBytes > HistoryBytesMax)
        {
            history = history.Dequeue();
            _historyBytes -= history.Peek().ChangedBytes;
            _historyCount--;
        }

        Volatile.Write(ref _history, history);
    }

    private void Replace(FeedState next)
    {
        var before = Current;
        var current = next.After(before);
        Volatile.Write(ref _current, current);
        before.Supersede(current);
    }

    private readonly record struct PastSnapshot(MetadataSnapshot Snapshot, long ChangedBytes);
}
