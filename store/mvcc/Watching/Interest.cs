using Sync.Mvcc.Changes;
using Sync.Mvcc.Keys;

namespace Sync.Mvcc.Watching;

/// <summary>What a watch wants to hear. Watches of equal interest are told the same objects.</summary>
internal readonly record struct Interest(KeyRange Keys, bool NoPuts, bool NoDeletes, bool WithPrevious)
{
    /// <summary>The interest of a request.</summary>
    public static Interest Of(WatchRequest request) =>
        new(request.Keys, request.NoPuts, request.NoDeletes, request.WithPrevious);

    /// <summary>Whether a change of some kind passes the filters.</summary>
    public bool Accepts(ChangeKind kind) => kind == ChangeKind.Put ? !NoPuts : !NoDeletes;
}

/// <summary>The watches of one interest inside an <see cref="InterestIndex"/>.</summary>
/// <param name="interest">What they want.</param>
/// <param name="number">Counts the groups of an index.</param>
internal sealed class WatchGroup(Interest interest, long number)
{
    public Interest Interest { get; } = interest;

    public long Number { get; } = number;

    /// <summary>The watches; each knows its place.</summary>
    public List<Watcher> Members { get; } = [];

    /// <summary>The events that the present revision or window has for the group; empty between them.</summary>
    public List<WatchEvent> Pending { get; } = [];

    private (int First, WatchEvents Notice)? _shared;

    /// <summary>The pending events from a place on; one object for all that ask for the same place in turn.</summary>
    public WatchEvents NoticeFrom(int first)
    {
        if (_shared is not { } shared || shared.First != first)
        {
            _shared = shared = (first, new WatchEvents([.. Pending.Skip(first)]));
        }

        return shared.Notice;
    }
}
