using System.Runtime.CompilerServices;

namespace Sync.Disk.Segments;

/// <summary>
/// Segments that were rewritten and that readers of older views may still ask for. A segment is let go of when every
/// view that was published before its retirement has been collected, and its file is removed.
/// </summary>
/// <remarks>
/// Each view is tied to the token of the epoch that it was published in; retiring a segment ends the epoch. When no
/// token up to that one is alive, no such view is.
/// </remarks>
internal sealed class RetiredSegments
{
    private readonly ConditionalWeakTable<object, object> _tokenOfView = [];
    private readonly List<Epoch> _epochs = [];
    private object _token = new();

    /// <summary>Whether the newest view still needs what was retired.</summary>
    internal bool NeedsView { get; private set; }

    /// <summary>Notes that a view was published.</summary>
    internal void Published(object view)
    {
        _tokenOfView.TryAdd(view, _token);
        NeedsView = false;
    }

    /// <summary>Retires segments: views published from now on do not need them.</summary>
    internal void Add(IReadOnlyList<ChangeSegment> segments)
    {
        _epochs.Add(new Epoch(new WeakReference(_token), segments));
        _token = new object();
        NeedsView = true;
    }

    /// <summary>Takes out the segments that nobody can ask for any more.</summary>
    /// <param name="isRemoved">Whether a segment's file is removed; one that is not yet stays.</param>
    internal IReadOnlyList<ChangeSegment> TakeUnused(Func<ChangeSegment, bool> isRemoved)
    {
        if (_epochs.Count == 0)
        {
            return [];
        }

        var unused = new List<ChangeSegment>();
        while (_epochs.Count > 0 && !_epochs[0].Token.IsAlive && _epochs[0].Segments.All(isRemoved))
        {
            unused.AddRange(_epochs[0].Segments);
            _epochs.RemoveAt(0);
        }

        return unused;
    }

    /// <summary>The segments retired at one moment, and the token of the views before it.</summary>
    private sealed record Epoch(WeakReference Token, IReadOnlyList<ChangeSegment> Segments);
}
