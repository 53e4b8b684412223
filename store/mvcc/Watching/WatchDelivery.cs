namespace Sync.Mvcc.Watching;

/// <summary>One response for one watch, to be queued on its stream in the order of the hub.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="WatchId">The watch; -1 for all of the stream or for none.</param>
/// <param name="Revision">The revision for the response's header.</param>
/// <param name="Notice">What it says.</param>
public readonly record struct WatchDelivery(
    WatchStreamId Stream, long WatchId, Revision Revision, WatchNotice Notice);
