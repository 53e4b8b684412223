using Sync.Mvcc.Changes;
using Sync.Mvcc.Keys;

namespace Sync.Mvcc.Watching;

/// <summary>One change as watchers hear of it. Shared by all that hear of it.</summary>
/// <param name="Kind">Put or delete.</param>
/// <param name="Pair">The new pair; of a delete, only key and modification revision.</param>
/// <param name="Previous">
/// The pair before, when the watch asked for it, the key existed, and the revision before is not compacted.
/// </param>
public sealed record WatchEvent(ChangeKind Kind, KeyValue Pair, KeyValue? Previous)
{
    // The objects that an event is made of, beside the bytes they hold.
    private const long ObjectBytes = 256;

    /// <summary>About how much memory it takes until it is sent.</summary>
    internal long Bytes => ObjectBytes + BytesOf(Pair) + (Previous is null ? 0 : BytesOf(Previous));

    private static long BytesOf(KeyValue pair) => pair.Key.Length + pair.Value.Length;
}
