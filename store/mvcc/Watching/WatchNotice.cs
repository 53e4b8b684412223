namespace Sync.Mvcc.Watching;

/// <summary>What one response of a watch says. A closed family: the sealed classes of this file.</summary>
/// <remarks>A notice has no name of a watch in it, so that many watches can share one.</remarks>
public abstract class WatchNotice
{
    private protected WatchNotice()
    {
    }

    /// <summary>About how much memory its events take until they are sent; 0 for all that has none.</summary>
    public long Bytes { get; private protected init; }
}

/// <summary>The watch exists (<c>created</c>).</summary>
public sealed class WatchCreated : WatchNotice
{
    internal static readonly WatchCreated Instance = new();
}

/// <summary>Why a watch could not be created.</summary>
public enum WatchRefusal
{
    /// <summary>The stream has a watch of this ID.</summary>
    DuplicateId,

    /// <summary>The range end is not above the key.</summary>
    EmptyRange,

    /// <summary>The start revision is below zero.</summary>
    NegativeStart,
}

/// <summary>The watch could not be created (<c>created</c> and <c>canceled</c>, ID -1).</summary>
/// <param name="refusal">The reason.</param>
public sealed class WatchRefused(WatchRefusal refusal) : WatchNotice
{
    /// <summary>The reason.</summary>
    public WatchRefusal Refusal { get; } = refusal;
}

/// <summary>The watch ended as its client wished (<c>canceled</c>).</summary>
public sealed class WatchCanceled : WatchNotice
{
    internal static readonly WatchCanceled Instance = new();
}

/// <summary>
/// The watch ended because changes it had to tell are compacted (<c>canceled</c> with
/// <c>compact_revision</c>); its delivery carries no revision.
/// </summary>
/// <param name="compactedRevision">The compaction.</param>
public sealed class WatchCompacted(Revision compactedRevision) : WatchNotice
{
    /// <summary>The compaction.</summary>
    public Revision CompactedRevision { get; } = compactedRevision;
}

/// <summary>Nothing up to the delivery's revision is left to tell.</summary>
public sealed class WatchProgress : WatchNotice
{
    internal static readonly WatchProgress Instance = new();
}

/// <summary>Events in order of <see cref="ChangeId"/>; each revision among them is whole.</summary>
public sealed class WatchEvents : WatchNotice
{
    internal WatchEvents(IReadOnlyList<WatchEvent> events)
    {
        Events = events;
        for (var index = 0; index < events.Count; index++)
        {
            Bytes += events[index].Bytes;
        }
    }

    /// <summary>At least one event.</summary>
    public IReadOnlyList<WatchEvent> Events { get; }

    /// <summary>
    /// Room for the events' wire form. Filled and read by the loop that owns the hub, so that a notice shared
    /// by many watches is encoded once; empty until then.
    /// </summary>
    public ReadOnlyMemory<byte> Encoded { get; set; }
}
