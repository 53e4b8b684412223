using Sync.Etcd.Api;
using Sync.Mvcc;
using Sync.Mvcc.Commands;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Leases;
using Sync.Mvcc.Transactions;
using Wire = Sync.Etcd.Api;

namespace Sync.Store.Rpc;

/// <summary>Turns requests of the wire into commands. Nothing is checked here; bytes are shared, not copied.</summary>
internal static class WireRequests
{
    /// <summary>A read.</summary>
    public static RangeOperation ToOperation(RangeRequest request) =>
        new(new RangeQuery(KeyRange.FromWire(request.Key.Memory, request.RangeEnd.Memory))
        {
            Limit = request.Limit,
            Revision = new Revision(request.Revision),
            Order = (SortOrder)request.SortOrder,
            Target = (SortTarget)request.SortTarget,
            KeysOnly = request.KeysOnly,
            CountOnly = request.CountOnly,
            MinModRevision = new Revision(request.MinModRevision),
            MaxModRevision = new Revision(request.MaxModRevision),
            MinCreateRevision = new Revision(request.MinCreateRevision),
            MaxCreateRevision = new Revision(request.MaxCreateRevision),
        });

    /// <summary>A put.</summary>
    public static PutOperation ToOperation(PutRequest request) =>
        new(request.Key.Memory, request.Value.Memory)
        {
            Lease = new LeaseId(request.Lease),
            WithPrevious = request.PrevKv,
            KeepValue = request.IgnoreValue,
            KeepLease = request.IgnoreLease,
        };

    /// <summary>A delete.</summary>
    public static DeleteRangeOperation ToOperation(DeleteRangeRequest request) =>
        new(KeyRange.FromWire(request.Key.Memory, request.RangeEnd.Memory)) { WithPrevious = request.PrevKv };

    /// <summary>A transaction with all it nests.</summary>
    public static TxnOperation ToOperation(TxnRequest request) =>
        new(
            [.. request.Compare.Select(ToCompare)],
            [.. request.Success.Select(ToOperation)],
            [.. request.Failure.Select(ToOperation)]);

    /// <summary>Whether every read of a transaction may be stale; a transaction without operations is one too.</summary>
    public static bool IsSerializable(TxnRequest request) =>
        request.Success.Concat(request.Failure).All(operation => operation.RequestCase switch
        {
            RequestOp.RequestOneofCase.RequestRange => operation.RequestRange.Serializable,
            RequestOp.RequestOneofCase.RequestTxn => IsSerializable(operation.RequestTxn),
            _ => false,
        });

    private static Operation ToOperation(RequestOp operation) => operation.RequestCase switch
    {
        RequestOp.RequestOneofCase.RequestRange => ToOperation(operation.RequestRange),
        RequestOp.RequestOneofCase.RequestPut => ToOperation(operation.RequestPut),
        RequestOp.RequestOneofCase.RequestDeleteRange => ToOperation(operation.RequestDeleteRange),
        RequestOp.RequestOneofCase.RequestTxn => ToOperation(operation.RequestTxn),
        _ => new EmptyOperation(),
    };

    private static Sync.Mvcc.Transactions.Compare ToCompare(Wire.Compare compare) =>
        new(
            KeyRange.FromWire(compare.Key.Memory, compare.RangeEnd.Memory),
            (CompareTarget)compare.Target,
            (CompareResult)compare.Result,
            Operand(compare),
            compare.TargetUnionCase == Wire.Compare.TargetUnionOneofCase.Value ? compare.Value.Memory : default);

    // The operand is the one of the compared target; another one that the client set counts as not set.
    private static long Operand(Wire.Compare compare) => compare.Target switch
    {
        Wire.Compare.Types.CompareTarget.Version => compare.Version,
        Wire.Compare.Types.CompareTarget.Create => compare.CreateRevision,
        Wire.Compare.Types.CompareTarget.Mod => compare.ModRevision,
        Wire.Compare.Types.CompareTarget.Lease => compare.Lease,
        _ => 0,
    };
}
