using Sync.Metad.Endpoints;
using Sync.Metad.Model.Views;

namespace Sync.Metad.Watching;

/// <summary>All that a request answers from, at one instant. Immutable but for the cache of its own answers.</summary>
/// <remarks>
/// Holds up to 16 MiB of answers: what waits keeps a view of the snapshot and never the state.
/// </remarks>
/// <param name="Sequence">
/// Counts the snapshots from 0: equal in two states that have the same one. A revision may fall when the store is
/// replaced, this never does.
/// </param>
/// <param name="Snapshot">Data, mappings and rules of one revision.</param>
/// <param name="IsLoaded">States that the backend's keys have been read once.</param>
/// <param name="Through">
/// The revision up to which the snapshot holds all changes; at least the snapshot's own, more when others passed by.
/// </param>
/// <param name="LostSince">When the backend was last followed, while it is not; null while it is.</param>
/// <param name="Answers">Answers that were written from this snapshot.</param>
internal sealed record FeedState(
    long Sequence,
    MetadataSnapshot Snapshot,
    bool IsLoaded,
    long Through,
    DateTimeOffset? LostSince,
    AnswerCache Answers)
{
    // Copied by with; After gives the copy a signal of its own before it is published.
    private TaskCompletionSource _superseded = NewSignal();

    /// <summary>Ends when this state is no longer the current one.</summary>
    public Task Superseded => _superseded.Task;

    /// <summary>This state as the one that follows another, with a signal of its own.</summary>
    /// <param name="before">The state that it takes the place of.</param>
    public FeedState After(FeedState before) => this with
    {
        Sequence = ReferenceEquals(Snapshot, before.Snapshot) ? before.Sequence : before.Sequence + 1,
        _superseded = NewSignal(),
    };

    /// <summary>
    /// Ends <see cref="Superseded"/>, and the cache unless the next state goes on with it. Called once that is in place.
    /// </summary>
    /// <param name="next">The state that took the place of this one.</param>
    public void Supersede(FeedState next)
    {
        if (!ReferenceEquals(Answers, next.Answers))
        {
            Answers.Close();
        }

        _superseded.TrySetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
