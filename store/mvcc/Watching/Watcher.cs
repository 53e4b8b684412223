namespace Sync.Mvcc.Watching;

/// <summary>One watch and how far it was told.</summary>
/// <param name="stream">Its stream.</param>
/// <param name="id">Its ID there.</param>
/// <param name="request">What it asked for.</param>
/// <param name="next">The first revision to tell it.</param>
internal sealed class Watcher(WatchStream stream, long id, WatchRequest request, Revision next)
{
    public WatchStream Stream { get; } = stream;

    public long Id { get; } = id;

    public Interest Interest { get; } = Interest.Of(request);

    public bool ProgressNotify { get; } = request.ProgressNotify;

    /// <summary>The start that it asked for; none for what comes after its creation.</summary>
    public Revision Start { get; } = request.StartRevision;

    /// <summary>
    /// The first revision that it was not told yet. Kept while it is behind; for a live watch it only says
    /// from where on it listens, which may lie in the future.
    /// </summary>
    public Revision Next { get; set; } = next;

    /// <summary>Whether it waits to be caught up from history, instead of hearing each new revision.</summary>
    public bool IsBehind { get; set; }

    /// <summary>Whether it was canceled or its stream closed.</summary>
    public bool IsGone { get; set; }

    /// <summary>Whether no event was told since the last periodic progress.</summary>
    public bool IsQuiet { get; set; } = true;

    /// <summary>The group that it is a member of; null while it waits.</summary>
    public WatchGroup? Group { get; set; }

    /// <summary>Its place among the group's members.</summary>
    public int Place { get; set; }

    /// <summary>Whether everything up to a revision was told, and its wished start has come.</summary>
    /// <param name="seen">The revision up to which live watches are told.</param>
    public bool IsUpToDate(Revision seen) => !IsBehind && Next <= seen.Next && Start <= seen;
}
