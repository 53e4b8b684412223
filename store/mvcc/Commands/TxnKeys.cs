using Sync.Mvcc.Keys;

namespace Sync.Mvcc.Commands;

/// <summary>The keys that a list of operations puts and the ranges that it deletes, at any depth.</summary>
/// <remarks>
/// A key may be put once, and not inside a deleted range. The two lists of a nested transaction exclude each
/// other and may put the same key. A nested transaction's puts are held against the deletes of its own
/// level's list and of nested transactions before it, not of those after it: these really run later.
/// Source: etcd, server/etcdserver/api/v3rpc/key.go, checkIntervals.
/// </remarks>
internal sealed class TxnKeys
{
    private readonly SortedSet<ReadOnlyMemory<byte>> _puts = new(ByteOrder.Instance);
    private readonly List<KeyRange> _deletes = [];

    /// <summary>Whether a list of operations may change one key twice.</summary>
    /// <returns><see cref="StoreError.DuplicateKey"/>, or null.</returns>
    public static StoreError? FindDuplicate(IReadOnlyList<Operation> operations) =>
        Of(operations) is null ? StoreError.DuplicateKey : null;

    private static TxnKeys? Of(IReadOnlyList<Operation> operations)
    {
        var keys = new TxnKeys();
        keys._deletes.AddRange(operations.OfType<DeleteRangeOperation>().Select(delete => delete.Keys));
        foreach (var nested in operations.OfType<TxnOperation>())
        {
            if (Of(nested.Success) is not { } success
                || Of(nested.Failure) is not { } failure
                || !keys.AddNested(success, failure))
            {
                return null;
            }
        }

        var isUnique = operations.OfType<PutOperation>().All(put => keys.AddPut(put.Key));
        return isUnique ? keys : null;
    }

    private bool AddNested(TxnKeys success, TxnKeys failure)
    {
        foreach (var key in failure._puts)
        {
            if (!success._puts.Contains(key) && !AddPut(key))
            {
                return false;
            }
        }

        foreach (var key in success._puts)
        {
            if (!AddPut(key))
            {
                return false;
            }
        }

        _deletes.AddRange(success._deletes);
        _deletes.AddRange(failure._deletes);
        return true;
    }

    private bool AddPut(ReadOnlyMemory<byte> key) => !IsDeleted(key) && _puts.Add(key);

    private bool IsDeleted(ReadOnlyMemory<byte> key)
    {
        foreach (var range in _deletes)
        {
            if (range.Contains(key.Span))
            {
                return true;
            }
        }

        return false;
    }
}
