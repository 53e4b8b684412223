using Sync.Mvcc.Alarms;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Leases;

namespace Sync.Mvcc.Commands;

/// <summary>The answer to a command. A closed family: the sealed records of this file.</summary>
/// <param name="Revision">The revision for the answer's header.</param>
public abstract record Outcome(Revision Revision);

/// <summary>The answer to a read.</summary>
/// <param name="Revision">The current revision, also when an older one was read.</param>
/// <param name="Pairs">What was found, in the wished order.</param>
/// <param name="More">Whether the limit left pairs out.</param>
/// <param name="Count">How many keys the interval holds, whatever limit and filters.</param>
public sealed record RangeOutcome(
    Revision Revision, IReadOnlyList<KeyValue> Pairs, bool More, long Count) : Outcome(Revision);

/// <summary>The answer to a put.</summary>
/// <param name="Revision">The put's revision.</param>
/// <param name="Previous">The pair before, when asked for and the key existed.</param>
public sealed record PutOutcome(Revision Revision, KeyValue? Previous) : Outcome(Revision);

/// <summary>The answer to a delete.</summary>
/// <param name="Revision">The delete's revision, or the current one when nothing was deleted.</param>
/// <param name="Deleted">How many keys went away.</param>
/// <param name="Previous">The deleted pairs in order of key, when asked for; otherwise empty.</param>
public sealed record DeleteRangeOutcome(
    Revision Revision, long Deleted, IReadOnlyList<KeyValue> Previous) : Outcome(Revision);

/// <summary>The answer to a transaction.</summary>
/// <param name="Revision">
/// The transaction's revision, or the current one when nothing changed; none for a nested transaction.
/// </param>
/// <param name="Succeeded">Whether its own conditions held.</param>
/// <param name="Responses">One answer for each operation of the list that ran, in order.</param>
public sealed record TxnOutcome(
    Revision Revision, bool Succeeded, IReadOnlyList<Outcome> Responses) : Outcome(Revision);

/// <summary>The answer to a compaction, which is in force; removal goes on in steps.</summary>
/// <param name="Revision">The current revision.</param>
public sealed record CompactOutcome(Revision Revision) : Outcome(Revision);

/// <summary>The answer to a grant.</summary>
/// <param name="Revision">The current revision.</param>
/// <param name="Lease">The lease's name.</param>
/// <param name="TtlSeconds">The granted time to live.</param>
public sealed record LeaseGrantOutcome(Revision Revision, LeaseId Lease, long TtlSeconds) : Outcome(Revision);

/// <summary>The answer to a revocation.</summary>
/// <param name="Revision">The revision of the deletes, or the current one when the lease had no keys.</param>
public sealed record LeaseRevokeOutcome(Revision Revision) : Outcome(Revision);

/// <summary>The answer to a checkpoint of remaining times.</summary>
/// <param name="Revision">The current revision.</param>
public sealed record LeaseCheckpointOutcome(Revision Revision) : Outcome(Revision);

/// <summary>The answer to the raising or clearing of an alarm.</summary>
/// <param name="Revision">The current revision.</param>
/// <param name="Alarms">The alarm that was raised or cleared; empty when nothing changed.</param>
public sealed record AlarmOutcome(Revision Revision, IReadOnlyList<Alarm> Alarms) : Outcome(Revision);
