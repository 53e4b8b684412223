using Sync.Mvcc.Alarms;
using Sync.Mvcc.Changes;
using Sync.Mvcc.Commands;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Leases;
using Sync.Mvcc.Transactions;

namespace Sync.Mvcc;

/// <summary>The keyspace as it was when published. Immutable; any thread may read it, without locks.</summary>
public sealed class KeyspaceView
{
    // Reads of this many keys end within moments, wherever their values lie.
    private const int FewKeys = 256;

    private readonly LeaseTableView _leases;

    internal KeyspaceView(
        KeyspaceReader reader,
        LeaseTableView leases,
        IReadOnlyList<Alarm> alarms,
        (long Count, long Bytes) held,
        Revision removalBegun)
    {
        Reader = reader with { View = this };
        _leases = leases;
        Alarms = alarms;
        (ChangeCount, ChangeBytes) = held;
        RemovalBegun = removalBegun;
    }

    /// <summary>The current revision.</summary>
    public Revision Revision => Reader.Revision;

    /// <summary>The oldest readable revision; none if there was no compaction.</summary>
    public Revision CompactedRevision => Reader.Compacted;

    /// <summary>How many keys exist at the current revision.</summary>
    public long KeyCount => Reader.Index.Keys.Weight;

    /// <summary>How many changes are held, including overwritten ones and deletes.</summary>
    public long ChangeCount { get; }

    /// <summary>The size of the held changes' records in the <see cref="IChangeStore"/>, in bytes.</summary>
    public long ChangeBytes { get; }

    /// <summary>All raised alarms, by member and type.</summary>
    public IReadOnlyList<Alarm> Alarms { get; }

    /// <summary>How many leases exist.</summary>
    public long LeaseCount => _leases.Count;

    /// <summary>Reads the keys.</summary>
    internal KeyspaceReader Reader { get; }

    /// <summary>Changes up to this revision may be missing from the index; all later ones are there.</summary>
    internal Revision RemovalBegun { get; }

    /// <summary>Whether a read may take long, so that it should hold up no thread that others need.</summary>
    public bool IsLarge(RangeQuery query) => !query.Keys.IsSingleKey && Reader.KeysOf(query) > FewKeys;

    /// <summary>Whether a transaction that only reads may take long.</summary>
    public bool IsLarge(TxnOperation transaction) => Reader.KeysOf(transaction) > FewKeys;

    /// <summary>Reads an interval.</summary>
    /// <param name="query">The interval and the rest of the request.</param>
    /// <param name="cancellation">Ends a long read.</param>
    /// <returns>
    /// The pairs, or <see cref="StoreError.Compacted"/>, <see cref="StoreError.FutureRevision"/> or
    /// <see cref="StoreError.InvalidSortOption"/>.
    /// </returns>
    public Result<RangeOutcome> Range(RangeQuery query, CancellationToken cancellation = default) =>
        Reader.Range(query, cancellation);

    /// <summary>Runs a transaction that only reads.</summary>
    /// <param name="transaction">One whose <see cref="TxnOperation.IsReadOnly"/> holds.</param>
    /// <param name="cancellation">Ends a long read.</param>
    /// <returns>The answer, or the reason why a read of the chosen list is refused.</returns>
    public Result<TxnOutcome> ReadTxn(TxnOperation transaction, CancellationToken cancellation = default)
    {
        Invariant.Require(transaction.IsReadOnly, "a transaction that changes something is proposed");
        var path = new TxnPath(transaction, Reader);
        if (path.ReadRefusal(Reader) is { } refusal)
        {
            return refusal;
        }

        return Run(transaction, path, cancellation) with { Revision = Revision };
    }

    /// <summary>The changes from a revision on, in order of <see cref="ChangeId"/>.</summary>
    /// <param name="from">The first wished revision, not below <see cref="CompactedRevision"/>.</param>
    /// <param name="changesMax">About how many; the last revision among them is always whole.</param>
    /// <returns>
    /// The changes without values, none when nothing happened since; or <see cref="StoreError.Compacted"/>.
    /// </returns>
    public Result<List<(ChangeHeader Header, ChangeLocation Location)>> ChangesSince(
        Revision from, int changesMax)
    {
        if (from < CompactedRevision)
        {
            return StoreError.Compacted;
        }

        var log = Reader.Index.Log;
        var changes = new List<(ChangeHeader, ChangeLocation)>();
        var last = 0L;
        for (var ordinal = log.Seek(from.Value); ordinal < log.Count; ordinal = log.SkipMissing(ordinal + 1))
        {
            ref readonly var record = ref log[ordinal];
            if (changes.Count >= changesMax && record.Main != last)
            {
                break;
            }

            changes.Add((record.Header, record.Location));
            last = record.Main;
        }

        return changes;
    }

    /// <summary>
    /// All <see cref="ChangeCount"/> changes that are held, in order of <see cref="ChangeId"/>: with the rest of the
    /// keyspace's state, as of the same moment, they are the whole keyspace.
    /// </summary>
    /// <returns>The changes without values; compacted ones that are not removed yet are among them.</returns>
    public IEnumerable<(ChangeHeader Header, ChangeLocation Location)> Changes()
    {
        var log = Reader.Index.Log;
        for (var ordinal = log.SkipMissing(0); ordinal < log.Count; ordinal = log.SkipMissing(ordinal + 1))
        {
            yield return (log[ordinal].Header, log[ordinal].Location);
        }
    }

    /// <summary>Hashes all that is stored at a revision. Reads every value.</summary>
    /// <param name="revision">The revision; none for the current one.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>
    /// The hash, or <see cref="StoreError.Compacted"/> or <see cref="StoreError.FutureRevision"/>.
    /// </returns>
    public Result<KeyspaceHash> HashKv(Revision revision, CancellationToken cancellation = default)
    {
        var at = revision.IsSome ? revision : Revision;
        if (Reader.Refusal(at) is { } refusal)
        {
            return refusal;
        }

        return KeyspaceHash.Of(Reader, at, cancellation);
    }

    /// <summary>A lease's replicated state.</summary>
    /// <returns>Null when there is no such lease.</returns>
    public LeaseState? FindLease(LeaseId lease) => _leases.Find(lease);

    /// <summary>All leases, by ID.</summary>
    public IReadOnlyList<LeaseState> Leases() => _leases.List();

    /// <summary>The keys that a lease holds, in byte order; empty when there is no such lease.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> KeysOf(LeaseId lease) => _leases.KeysOf(lease);

    private TxnOutcome Run(TxnOperation transaction, TxnPath path, CancellationToken cancellation)
    {
        var succeeded = path.TakeDecision();
        var responses = new List<Outcome>();
        foreach (var operation in transaction.Branch(succeeded))
        {
            responses.Add(operation switch
            {
                RangeOperation range => Reader.Range(range.Query, cancellation).Value,
                TxnOperation nested => Run(nested, path, cancellation),
                _ => throw Invariant.Unreachable(operation),
            });
        }

        return new TxnOutcome(Revision.None, succeeded, responses);
    }
}
