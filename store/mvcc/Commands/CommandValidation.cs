using Sync.Mvcc.Keys;

namespace Sync.Mvcc.Commands;

/// <summary>The checks of a request that need no state. They come before a proposal and before a read.</summary>
/// Source: etcd, server/etcdserver/api/v3rpc/key.go; the order of the checks is part of the contract.
public static class CommandValidation
{
    /// <summary>The default of <c>--max-txn-ops</c>.</summary>
    public const int DefaultOperationsMax = 128;

    /// <summary>How deep transactions may be nested; one that is deeper has too many operations.</summary>
    public const int DepthMax = 256;

    /// <summary>Checks a command.</summary>
    /// <param name="command">Any command.</param>
    /// <param name="operationsMax">The most conditions, or operations of one list, in a transaction.</param>
    /// <returns>Null when the command may be proposed.</returns>
    public static StoreError? Check(Command command, int operationsMax = DefaultOperationsMax) => command switch
    {
        RangeOperation range => Check(range.Query),
        PutOperation put => Check(put),
        DeleteRangeOperation delete => CheckKey(delete.Keys),
        TxnOperation transaction => CheckOperations(transaction, operationsMax, depth: 1)
            ?? TxnKeys.FindDuplicate(transaction.Success)
            ?? TxnKeys.FindDuplicate(transaction.Failure),
        EmptyOperation => StoreError.KeyNotFound,
        LeaseGrantCommand { TtlSeconds: > Leases.LeaseTtl.Longest } => StoreError.LeaseTtlTooLarge,
        _ => null,
    };

    /// <summary>Checks a read.</summary>
    /// <returns>Null when it may run.</returns>
    public static StoreError? Check(RangeQuery query) =>
        CheckKey(query.Keys) ?? (query.HasKnownSort ? null : StoreError.InvalidSortOption);

    private static StoreError? CheckKey(KeyRange keys) => keys.Start.IsEmpty ? StoreError.EmptyKey : null;

    private static StoreError? Check(PutOperation put) =>
        put.Key.IsEmpty ? StoreError.EmptyKey
        : put.KeepValue && !put.Value.IsEmpty ? StoreError.ValueProvided
        : put.KeepLease && put.Lease.IsSome ? StoreError.LeaseProvided
        : null;

    // A nested transaction may use what the longest list of its parent leaves of the limit.
    private static StoreError? CheckOperations(TxnOperation transaction, int operationsMax, int depth)
    {
        var longest = Math.Max(
            transaction.Compares.Count, Math.Max(transaction.Success.Count, transaction.Failure.Count));
        if (longest > operationsMax || depth > DepthMax)
        {
            return StoreError.TooManyOperations;
        }

        foreach (var compare in transaction.Compares)
        {
            if (CheckKey(compare.Keys) is { } refusal)
            {
                return refusal;
            }
        }

        return CheckBranch(transaction.Success, operationsMax - longest, depth)
            ?? CheckBranch(transaction.Failure, operationsMax - longest, depth);
    }

    private static StoreError? CheckBranch(IReadOnlyList<Operation> operations, int operationsMax, int depth)
    {
        foreach (var operation in operations)
        {
            var refusal = operation is TxnOperation nested
                ? CheckOperations(nested, operationsMax, depth + 1)
                : Check(operation, operationsMax);
            if (refusal is not null)
            {
                return refusal;
            }
        }

        return null;
    }
}
