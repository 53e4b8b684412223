using System.Collections.Immutable;
using Sync.Metad.Endpoints;
using Sync.Metad.Model.Views;

namespace Sync.Metad.Watching;

/// <summary>
/// Holds the current state: one loop replaces it whole, every request reads the reference once and takes no lock.
/// </summary>
/// <remarks>
/// The last 128 snapshots stay at hand, without their answers, for readers that come back with the revision they know.
/// They share all that did not change between them.
/// </remarks>
internal sealed class SnapshotFeed
{
    private const int HistoryMax = 128;

    // Oldest first; replaced whole by the one loop that publishes.
    private ImmutableQueue<MetadataSnapshot> _history = [];
    private int _historyCount;

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
    public void Publish(MetadataSnapshot snapshot)
    {
        Remember(snapshot);
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
        Volatile.Read(ref _history).LastOrDefault(snapshot => snapshot.Revision == revision);

    /// <summary>
    /// All keys were read anew. The store may be another one, whose revisions mean other content than those of before.
    /// </summary>
    public void Forget()
    {
        Volatile.Write(ref _history, []);
        _historyCount = 0;
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

    private void Remember(MetadataSnapshot snapshot)
    {
        var history = _history;
        if (_historyCount == HistoryMax)
        {
            history = history.Dequeue();
        }
        else
        {
            _historyCount++;
        }

        Volatile.Write(ref _history, history.Enqueue(snapshot));
    }

    private void Replace(FeedState next)
    {
        var before = Current;
        Volatile.Write(ref _current, next.After(before));
        before.Supersede();
    }
}
