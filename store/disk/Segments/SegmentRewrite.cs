using Sync.Mvcc.Changes;

namespace Sync.Disk.Segments;

/// <summary>
/// The copying of what lives in some neighbouring segments into one that takes their place. It goes on in steps; until
/// the last one the sources stay what a checkpoint names.
/// </summary>
internal sealed class SegmentRewrite
{
    private readonly Func<ChangeSegment> _begin;
    private readonly bool _startsWithOldest;
    private readonly IEnumerator<(ReadOnlyMemory<byte> Record, StoredChange Change, ChangeLocation Location)> _changes;

    /// <summary>A rewrite that has not begun.</summary>
    /// <param name="sources">Sealed segments that follow each other.</param>
    /// <param name="startsWithOldest">Whether no segment comes before them.</param>
    /// <param name="begin">Makes the segment to copy to, when the first change is copied.</param>
    internal SegmentRewrite(IReadOnlyList<ChangeSegment> sources, bool startsWithOldest, Func<ChangeSegment> begin)
    {
        Sources = sources;
        _startsWithOldest = startsWithOldest;
        _begin = begin;
        _changes = sources.SelectMany(source => source.Scan(source.Length)).GetEnumerator();
    }

    /// <summary>The segments being copied.</summary>
    internal IReadOnlyList<ChangeSegment> Sources { get; }

    /// <summary>The segment copied to; null while nothing lived.</summary>
    internal ChangeSegment? Target { get; private set; }

    /// <summary>Copies for a while.</summary>
    /// <returns>Whether all is copied.</returns>
    /// <exception cref="DamageException">A source is damaged.</exception>
    internal bool Step(int bytesMax, Relocation relocate)
    {
        for (var bytes = 0; bytes < bytesMax;)
        {
            if (!_changes.MoveNext())
            {
                return true;
            }

            Copy(_changes.Current.Change, relocate);
            bytes += _changes.Current.Location.Length;
        }

        return false;
    }

    // A released delete stays as long as older puts of its key may lie before it, or a start would bring the key back: in
    // older segments, or copied by an earlier step and released since, together with the delete.
    private void Copy(in StoredChange change, Relocation relocate)
    {
        Target ??= _begin();
        var location = Target.Append(change);
        if (relocate(change.Header.Key.Span, change.Header.Id, location))
        {
            return;
        }

        var mayFollowPut = !_startsWithOldest || Target.DeadBytes > Target.KeptDeadBytes;
        if (change.Header.Kind == ChangeKind.Put || !mayFollowPut)
        {
            Target.Undo(location);
        }
        else
        {
            Target.DeadBytes += location.Length;
            Target.KeptDeadBytes += location.Length;
        }
    }
}
