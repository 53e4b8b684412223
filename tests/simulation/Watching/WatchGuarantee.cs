namespace Sync.Simulation.Watching;

/// <summary>The nine promises of a watch. Source: etcd, website, etcd API guarantees, Watch APIs.</summary>
internal enum WatchGuarantee
{
    /// <summary>Events come in the order of revisions.</summary>
    Ordered,

    /// <summary>No event comes twice.</summary>
    Unique,

    /// <summary>The events of one revision come together.</summary>
    Atomic,

    /// <summary>No event between two that came is missing, and each is what happened.</summary>
    Reliable,

    /// <summary>A watch from a revision begins with the first event at or after it.</summary>
    Resumable,

    /// <summary>A progress notice says that nothing up to its revision is left to tell.</summary>
    Bookmarkable,

    /// <summary>The pair before is the one of the revision before, when it was asked for.</summary>
    PreviousPair,

    /// <summary>Create revision and version tell a new key from a changed one.</summary>
    IsCreate,

    /// <summary>Only what was asked for comes.</summary>
    Filtered,
}

/// <summary>A promise that a watch broke.</summary>
/// <param name="Guarantee">Which one.</param>
/// <param name="Reason">How, in a sentence.</param>
internal sealed record WatchFault(WatchGuarantee Guarantee, string Reason);
