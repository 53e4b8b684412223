using Sync.Metad.Model.Backends;

namespace Sync.Metad.Backends;

/// <summary>The keys behind the snapshots: followed revision by revision, written in transactions.</summary>
internal interface IBackend
{
    /// <summary>Tells all keys, then every change, for as long as it is read. What fails is told and tried again.</summary>
    /// <param name="cancellationToken">Ends the sequence.</param>
    IAsyncEnumerable<BackendUpdate> FollowAsync(CancellationToken cancellationToken);

    /// <summary>Carries out a write.</summary>
    /// <param name="operations">Operations on different keys.</param>
    /// <param name="guard">What must still hold; needs a write of at most 128 operations. Null asks nothing.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>
    /// The revision that holds the whole write; 0 when nothing was changed; null when the guard does not hold and nothing
    /// was done.
    /// </returns>
    /// <exception cref="BackendException">The write was refused, or it is not known whether it was done.</exception>
    Task<long?> WriteAsync(
        IReadOnlyList<BackendOperation> operations, WriteGuard? guard, CancellationToken cancellationToken);
}
