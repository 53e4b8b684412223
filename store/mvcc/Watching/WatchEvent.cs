using Sync.Mvcc.Changes;
using Sync.Mvcc.Keys;

namespace Sync.Mvcc.Watching;

/// <summary>One change as watchers hear of it. Shared by all that hear of it.</summary>
/// <param name="Kind">Put or delete.</param>
/// <param name="Pair">The new pair; of a delete, only key and modification revision.</param>
/// <param name="Previous">
/// The pair before, when the watch asked for it, the key existed, and the revision before is not compacted.
/// </param>
public sealed record WatchEvent(ChangeKind Kind, KeyValue Pair, KeyValue? Previous);
