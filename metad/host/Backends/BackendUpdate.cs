using Sync.Metad.Model.Backends;

namespace Sync.Metad.Backends;

/// <summary>What following a backend tells.</summary>
internal abstract record BackendUpdate
{
    private BackendUpdate()
    {
    }

    /// <summary>All keys as they were on disk, before anything else; the backend was not asked yet.</summary>
    /// <param name="Revision">Their revision.</param>
    /// <param name="Changes">The keys.</param>
    /// <param name="KnownAt">When they were last known to be the backend's.</param>
    internal sealed record Kept(long Revision, IReadOnlyCollection<BackendChange> Changes, DateTimeOffset KnownAt)
        : BackendUpdate;

    /// <summary>All keys as of a revision the first time; later all that one revision changed.</summary>
    /// <param name="Revision">The revision.</param>
    /// <param name="Changes">What changed, in order; the first time after <see cref="Kept"/> what differs from that.</param>
    internal sealed record Changed(long Revision, IReadOnlyCollection<BackendChange> Changes) : BackendUpdate;

    /// <summary>The keys were read anew, since the history was gone or the store is another one.</summary>
    /// <param name="Revision">The revision.</param>
    /// <param name="Changes">What differs from before.</param>
    /// <param name="Reason">Why, in a word.</param>
    internal sealed record Relisted(long Revision, IReadOnlyCollection<BackendChange> Changes, string Reason)
        : BackendUpdate;

    /// <summary>Nothing changed up to a revision.</summary>
    /// <param name="Revision">The revision.</param>
    internal sealed record Passed(long Revision) : BackendUpdate;

    /// <summary>Changes come as they happen from now on.</summary>
    /// <param name="Endpoint">Who sends them.</param>
    internal sealed record Connected(string Endpoint) : BackendUpdate;

    /// <summary>The backend cannot be followed.</summary>
    /// <param name="Since">When it was last followed.</param>
    /// <param name="Failures">Failed attempts since then, from 1.</param>
    /// <param name="RetryIn">The wait before the next attempt.</param>
    /// <param name="Problem">What went wrong.</param>
    internal sealed record Lost(DateTimeOffset Since, int Failures, TimeSpan RetryIn, string Problem) : BackendUpdate;
}
