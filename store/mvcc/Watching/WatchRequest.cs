using Sync.Mvcc.Keys;

namespace Sync.Mvcc.Watching;

/// <summary>A wish to hear of changes.</summary>
/// <param name="Keys">Which keys; an empty key was replaced by one zero byte.</param>
public sealed record WatchRequest(KeyRange Keys)
{
    /// <summary>The first revision to hear of; none for what comes after the current one.</summary>
    public Revision StartRevision { get; init; }

    /// <summary>The wished ID on the stream; 0 lets the hub choose.</summary>
    public long WatchId { get; init; }

    /// <summary>Whether puts are left out.</summary>
    public bool NoPuts { get; init; }

    /// <summary>Whether deletes are left out.</summary>
    public bool NoDeletes { get; init; }

    /// <summary>Whether events carry the pair before.</summary>
    public bool WithPrevious { get; init; }

    /// <summary>Whether a quiet watch hears of progress from time to time.</summary>
    public bool ProgressNotify { get; init; }
}
