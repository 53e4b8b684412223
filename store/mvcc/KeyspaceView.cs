using Sync.Mvcc.Alarms;
using Sync.Mvcc.Changes;
using Sync.Mvcc.Commands;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Leases;

namespace Sync.Mvcc;

/// <summary>The hash of all that a member stores, to compare with other members.</summary>
/// <param name="Hash">A CRC-32C.</param>
/// <param name="CompactedRevision">The compaction that it was taken at; none if there was no compaction.</param>
/// <param name="HashRevision">The revision up to which it was taken.</param>
/// <param name="Revision">The current revision, for the answer's header.</param>
public sealed record KeyspaceHash(
    uint Hash, Revision CompactedRevision, Revision HashRevision, Revision Revision);

/// <summary>The keyspace as it was when published. Immutable; any thread may read it, without locks.</summary>
public sealed class KeyspaceView
{
    internal KeyspaceView()
    {
    }

    /// <summary>The current revision.</summary>
    public Revision Revision => throw new NotImplementedException();

    /// <summary>The oldest readable revision; none if there was no compaction.</summary>
    public Revision CompactedRevision => throw new NotImplementedException();

    /// <summary>How many keys exist at the current revision.</summary>
    public long KeyCount => throw new NotImplementedException();

    /// <summary>How many changes are held, including overwritten ones and deletes.</summary>
    public long ChangeCount => throw new NotImplementedException();

    /// <summary>The size of the held changes' records in the <see cref="IChangeStore"/>, in bytes.</summary>
    public long ChangeBytes => throw new NotImplementedException();

    /// <summary>All raised alarms, by member and type.</summary>
    public IReadOnlyList<Alarm> Alarms => throw new NotImplementedException();

    /// <summary>How many leases exist.</summary>
    public long LeaseCount => throw new NotImplementedException();

    /// <summary>Reads an interval.</summary>
    /// <returns>
    /// The pairs, or <see cref="StoreError.Compacted"/>, <see cref="StoreError.FutureRevision"/> or
    /// <see cref="StoreError.InvalidSortOption"/>.
    /// </returns>
    public Result<RangeOutcome> Range(RangeQuery query) => throw new NotImplementedException();

    /// <summary>Runs a transaction that only reads.</summary>
    /// <param name="transaction">One whose <see cref="TxnOperation.IsReadOnly"/> holds.</param>
    /// <returns>The answer, or the reason why a read of the chosen list is refused.</returns>
    public Result<TxnOutcome> ReadTxn(TxnOperation transaction) => throw new NotImplementedException();

    /// <summary>The changes from a revision on, in order of <see cref="ChangeId"/>.</summary>
    /// <param name="from">The first wished revision, not below <see cref="CompactedRevision"/>.</param>
    /// <param name="changesMax">About how many; the last revision is always whole.</param>
    /// <returns>The changes without values, or <see cref="StoreError.Compacted"/>.</returns>
    public Result<IReadOnlyList<(ChangeHeader Header, ChangeLocation Location)>> ChangesSince(
        Revision from, int changesMax) => throw new NotImplementedException();

    /// <summary>Hashes all that is stored at a revision. Reads every value.</summary>
    /// <param name="revision">The revision; none for the current one.</param>
    /// <returns>
    /// The hash, or <see cref="StoreError.Compacted"/> or <see cref="StoreError.FutureRevision"/>.
    /// </returns>
    public Result<KeyspaceHash> HashKv(Revision revision) => throw new NotImplementedException();

    /// <summary>A lease's replicated state.</summary>
    /// <returns>Null when there is no such lease.</returns>
    public LeaseState? FindLease(LeaseId lease) => throw new NotImplementedException();

    /// <summary>All leases, by ID.</summary>
    public IEnumerable<LeaseState> Leases() => throw new NotImplementedException();

    /// <summary>The keys that a lease holds, in byte order.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> KeysOf(LeaseId lease) => throw new NotImplementedException();
}
