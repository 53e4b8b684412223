namespace Sync.Simulation.Histories;

/// <summary>A change as a watcher hears of it.</summary>
/// <param name="IsDelete">Whether the key was deleted.</param>
/// <param name="Pair">The new pair; of a delete only key and mod revision.</param>
/// <param name="Previous">The pair before, when asked for.</param>
internal sealed record KvEvent(bool IsDelete, KvPair Pair, KvPair? Previous = null);

/// <summary>One response on a watch. A closed family.</summary>
internal abstract record WatchAnswer(long Revision)
{
    /// <summary>The watch exists.</summary>
    internal sealed record Created(long Revision) : WatchAnswer(Revision);

    /// <summary>Events.</summary>
    internal sealed record Events(long Revision, Items<KvEvent> All) : WatchAnswer(Revision);

    /// <summary>Nothing up to the revision is left to tell.</summary>
    internal sealed record Progress(long Revision) : WatchAnswer(Revision);

    /// <summary>The watch ended, because what it had to tell is compacted.</summary>
    internal sealed record Compacted(long CompactRevision) : WatchAnswer(0);
}

/// <summary>One watch on one member, from its creation to its end.</summary>
internal sealed class WatchRecord
{
    public required string Key { get; init; }

    /// <summary>The end of the interval; null for one key.</summary>
    public required string? End { get; init; }

    /// <summary>The first revision to hear of; 0 for what comes after the creation.</summary>
    public required long Start { get; init; }

    public bool NoPuts { get; init; }

    public bool NoDeletes { get; init; }

    public bool WithPrevious { get; init; }

    /// <summary>Whether the watch was alive at the end, and so must have heard of everything.</summary>
    public bool IsLive { get; set; }

    public List<WatchAnswer> Answers { get; } = [];

    public bool Matches(KvEvent change) =>
        (End is null
            ? change.Pair.Key == Key
            : string.CompareOrdinal(change.Pair.Key, Key) >= 0 && string.CompareOrdinal(change.Pair.Key, End) < 0)
        && !(change.IsDelete ? NoDeletes : NoPuts);

    public override string ToString() =>
        $"watch of [{Key}, {End ?? "itself"}] from {Start}{(NoPuts ? ", no puts" : "")}{(NoDeletes ? ", no deletes" : "")}";
}
