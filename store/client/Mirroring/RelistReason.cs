namespace Sync.Etcd.Client.Mirroring;

/// <summary>Why keys were read anew.</summary>
public enum RelistReason
{
    /// <summary>The store no longer has the history after what was seen.</summary>
    Compacted,

    /// <summary>The store is not the one seen before: restored from an older copy, or another one.</summary>
    StoreReplaced,

    /// <summary>Several ranges are mirrored and changed while the watch was down; it is folded into one.</summary>
    Folded,

    /// <summary>The server delivered a revision after a later one, as some old servers may.</summary>
    OutOfOrder,
}
