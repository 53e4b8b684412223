using Sync.Mvcc.Changes;
using Sync.Mvcc.Commands;
using Sync.Mvcc.History;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Leases;
using Sync.Mvcc.Transactions;

namespace Sync.Mvcc;

/// <summary>Carries out the operations of one command at one revision, against the state as it is then.</summary>
/// <param name="index">The index that the changes go to.</param>
/// <param name="leases">The leases that hold keys.</param>
/// <param name="store">Where the changes are kept.</param>
/// <param name="revision">The revision before the first command.</param>
internal sealed class OperationWriter(
    ChangeIndex index, LeaseTable leases, IChangeStore store, Revision revision)
{
    private readonly List<long> _deleted = [];

    // The present command's changes so far. Its revision is the next one as soon as there is a change.
    private int _changes;

    /// <summary>The revision after the last finished command.</summary>
    public Revision Revision { get; private set; } = revision;

    /// <summary>Whether somebody waits for the answer to the present command; if not, no pair is read for it.</summary>
    public bool IsAnswered { get; set; } = true;

    private Revision Working => _changes > 0 ? Revision.Next : Revision;

    /// <summary>Ends a command.</summary>
    /// <returns>Its revision, or the current one when it changed nothing.</returns>
    public Revision Finish()
    {
        Revision = Working;
        _changes = 0;
        return Revision;
    }

    /// <summary>Reads the state with the present command's changes in it.</summary>
    /// <param name="compacted">The oldest readable revision.</param>
    public KeyspaceReader Reader(Revision compacted) => new(index.Current, store, Working, compacted);

    /// <summary>Why a put alone is refused, the lease looked at first; null when it can run.</summary>
    public StoreError? Refusal(PutOperation put) => LeaseRefusal(put) ?? PreviousRefusal(put);

    /// <summary>Why a put of a transaction is refused, the key looked at first; null when it can run.</summary>
    public StoreError? RefusalInTxn(PutOperation put) => PreviousRefusal(put) ?? LeaseRefusal(put);

    /// <summary>Runs a put that is not refused.</summary>
    public PutOutcome Put(PutOperation put)
    {
        var reader = Reader(Revision.None);
        ref readonly var before = ref reader.Index.Find(put.Key.Span);
        var previous = put.WithPrevious && IsAnswered && !before.IsMissing ? reader.Pair(before) : null;
        var value = put.KeepValue && !before.IsMissing ? reader.Value(before) : put.Value;
        var leaseBefore = new LeaseId(before.Lease);
        var lease = put.KeepLease ? leaseBefore : put.Lease;
        var id = NextId();
        var create = before.IsMissing ? id.Main : new Revision(before.Create);

        Append(new(put.Key, id, ChangeKind.Put, create, before.Version + 1, lease), value);
        leases.Move(put.Key.Span, leaseBefore, lease);
        return new PutOutcome(Working, previous);
    }

    /// <summary>Deletes the keys of a range, in byte order.</summary>
    public DeleteRangeOutcome Delete(DeleteRangeOperation delete)
    {
        var reader = Reader(Revision.None);
        _deleted.Clear();
        var cursor = reader.Index.Keys.Scan(delete.Keys);
        while (cursor.MoveNext())
        {
            if (cursor.Value.Exists)
            {
                _deleted.Add(cursor.Value.Ordinal);
            }
        }

        var isShown = delete.WithPrevious && IsAnswered;
        var previous = isShown ? new KeyValue[_deleted.Count] : [];
        for (var place = 0; place < _deleted.Count; place++)
        {
            ref readonly var before = ref reader.Index.Log[_deleted[place]];
            if (isShown)
            {
                previous[place] = reader.Pair(before);
            }

            Delete(before);
        }

        return new DeleteRangeOutcome(Working, _deleted.Count, previous);
    }

    /// <summary>Deletes the keys that a lease holds, in byte order.</summary>
    public void DeleteKeysOf(LeaseId lease)
    {
        foreach (var key in leases.Current.KeysOf(lease))
        {
            Delete(index.Current.Find(key.Span));
        }
    }

    /// <summary>Runs the chosen lists of a transaction that is not refused.</summary>
    /// <param name="transaction">The outermost transaction or a nested one.</param>
    /// <param name="path">The decisions, of which this takes its own.</param>
    /// <param name="compacted">The oldest readable revision.</param>
    public TxnOutcome Run(TxnOperation transaction, TxnPath path, Revision compacted)
    {
        var succeeded = path.TakeDecision();
        var operations = transaction.Branch(succeeded);
        var responses = new Outcome[operations.Count];
        for (var place = 0; place < responses.Length; place++)
        {
            responses[place] = operations[place] switch
            {
                RangeOperation range when IsAnswered => Reader(compacted).Range(range.Query).Value,
                RangeOperation => new RangeOutcome(Working, [], More: false, Count: 0),
                PutOperation put => Put(put),
                DeleteRangeOperation delete => Delete(delete),
                TxnOperation nested => Run(nested, path, compacted),
                var other => throw Invariant.Unreachable(other),
            };
        }

        return new TxnOutcome(Revision.None, succeeded, responses);
    }

    private void Delete(in ChangeRecord before)
    {
        var key = before.Key;
        var lease = new LeaseId(before.Lease);
        Append(new(key, NextId(), ChangeKind.Delete, Revision.None, Version: 0, LeaseId.None), value: default);
        leases.Move(key, lease, LeaseId.None);
    }

    private ChangeId NextId() => new(Revision.Next, _changes++);

    private void Append(in ChangeHeader change, ReadOnlyMemory<byte> value) =>
        index.Append(change, store.Append(new StoredChange(change, value)));

    private StoreError? LeaseRefusal(PutOperation put) =>
        put.Lease.IsSome && leases.Current.Find(put.Lease) is null ? StoreError.LeaseNotFound : null;

    private StoreError? PreviousRefusal(PutOperation put) =>
        (put.KeepValue || put.KeepLease) && index.Current.Find(put.Key.Span).IsMissing
            ? StoreError.KeyNotFound
            : null;
}
