namespace Sync.Mvcc.Watching;

/// <summary>Names a client's stream of watches inside one hub.</summary>
/// <param name="Value">Counts streams from 1; never used again.</param>
public readonly record struct WatchStreamId(long Value);
