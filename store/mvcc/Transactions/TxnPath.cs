using Sync.Mvcc.Commands;
using Sync.Mvcc.History;
using Sync.Mvcc.Keys;

namespace Sync.Mvcc.Transactions;

/// <summary>
/// Which list of a transaction runs, and of each transaction nested in that list: all decided on the state
/// before the whole tree runs.
/// </summary>
internal sealed class TxnPath
{
    // One decision for each transaction on the path, parents before children, in order of execution.
    private readonly List<bool> _decisions = [];
    private readonly TxnOperation _root;
    private int _next;

    /// <summary>Decides the path of a transaction.</summary>
    /// <param name="root">The outermost transaction.</param>
    /// <param name="before">The state before it.</param>
    public TxnPath(TxnOperation root, in KeyspaceReader before)
    {
        _root = root;
        Decide(root, before);
    }

    /// <summary>Takes the next decision. Execution meets the transactions in the order of decision.</summary>
    public bool TakeDecision() => _decisions[_next++];

    /// <summary>Why a put on the path cannot run; null when all can. Puts are looked at before reads.</summary>
    /// <param name="refusalOf">Why a put alone cannot run on the state before.</param>
    public StoreError? Refusal(Func<PutOperation, StoreError?> refusalOf)
    {
        foreach (var operation in Operations())
        {
            if (operation is PutOperation put && refusalOf(put) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    /// <summary>Why a read on the path cannot run; null when all can.</summary>
    /// <remarks>
    /// Zero means the current revision here; below zero is not current, as in a plain read, but compacted.
    /// Source: etcd, server/etcdserver/txn, checkRange.
    /// </remarks>
    public StoreError? ReadRefusal(in KeyspaceReader before)
    {
        var oldest = before.Compacted.IsSome ? before.Compacted : new Revision(-1);
        foreach (var operation in Operations())
        {
            switch (operation)
            {
                case EmptyOperation:
                    return StoreError.KeyNotFound;
                case RangeOperation { Query.Revision: var at } when at > before.Revision:
                    return StoreError.FutureRevision;
                case RangeOperation { Query.Revision: var at } when at != Revision.None && at < oldest:
                    return StoreError.Compacted;
                case RangeOperation { Query: var query } when !query.HasKnownSort:
                    return StoreError.InvalidSortOption;
                default:
                    break;
            }
        }

        return null;
    }

    /// <summary>All operations on the path but the transactions, in order of execution.</summary>
    public List<Operation> Operations()
    {
        var operations = new List<Operation>();
        var next = 0;
        Collect(_root, operations, ref next);
        return operations;
    }

    private void Collect(TxnOperation transaction, List<Operation> operations, ref int next)
    {
        foreach (var operation in transaction.Branch(_decisions[next++]))
        {
            if (operation is TxnOperation nested)
            {
                Collect(nested, operations, ref next);
            }
            else
            {
                operations.Add(operation);
            }
        }
    }

    private void Decide(TxnOperation transaction, in KeyspaceReader before)
    {
        var holds = true;
        foreach (var compare in transaction.Compares)
        {
            holds = holds && Holds(compare, before);
        }

        _decisions.Add(holds);
        foreach (var operation in transaction.Branch(holds))
        {
            if (operation is TxnOperation nested)
            {
                Decide(nested, before);
            }
        }
    }

    private static bool Holds(Compare compare, in KeyspaceReader before)
    {
        var found = false;
        var cursor = before.Index.Keys.Scan(compare.Keys);
        while (cursor.MoveNext())
        {
            if (!cursor.Value.Exists)
            {
                continue;
            }

            found = true;
            if (!Holds(compare, before.Index.Log[cursor.Value.Ordinal], before))
            {
                return false;
            }
        }

        return found || (compare.Target != CompareTarget.Value && Holds(compare, LogChunk.None, before));
    }

    private static bool Holds(Compare compare, in ChangeRecord record, in KeyspaceReader before) =>
        compare.Target switch
        {
            CompareTarget.Version => Stands(record.Version.CompareTo(compare.Number), compare),
            CompareTarget.Create => Stands(record.Create.CompareTo(compare.Number), compare),
            CompareTarget.Mod => Stands(record.Main.CompareTo(compare.Number), compare),
            CompareTarget.Lease => Stands(record.Lease.CompareTo(compare.Number), compare),
            CompareTarget.Value =>
                Stands(before.Value(record).Span.SequenceCompareTo(compare.Value.Span), compare),

            // The wire can carry any number; etcd finds such a property equal to its operand.
            _ => Stands(0, compare),
        };

    private static bool Stands(int order, Compare compare) => compare.Result switch
    {
        CompareResult.Equal => order == 0,
        CompareResult.Greater => order > 0,
        CompareResult.Less => order < 0,
        CompareResult.NotEqual => order != 0,

        // As above: an unknown relation refuses nothing.
        _ => true,
    };
}
