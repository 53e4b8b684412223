namespace Sync.Etcd.Client.Mirroring;

/// <summary>How a mirror reads and asks.</summary>
public sealed record MirrorOptions
{
    /// <summary>Pairs of one page when reading all keys, 1 or more; default 1,000.</summary>
    public int PageKeysMax { get; init; } = 1_000;

    /// <summary>
    /// How long the store may be silent before it is asked how far it is; default 10 s. The answer moves
    /// the point to go on from, so that a compaction during an outage costs nothing.
    /// </summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromSeconds(10);
}
