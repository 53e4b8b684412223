using Grpc.Core;
using Sync.Etcd.Api;
using Sync.Mvcc;
using Sync.Mvcc.Commands;
using Sync.Store.Replication;

namespace Sync.Store.Rpc;

/// <summary>etcd's KV service.</summary>
/// <remarks>Source: etcd, api/etcdserverpb/rpc.proto, service KV.</remarks>
internal sealed class KvService(StoreFront front, ResponseHeaders headers) : KV.KVBase
{
    /// <inheritdoc/>
    public override async Task<RangeResponse> Range(RangeRequest request, ServerCallContext context)
    {
        var operation = WireRequests.ToOperation(request);
        front.Check(operation);
        var view = request.Serializable ? front.View : await front.LinearizableViewAsync();
        var outcome = view.IsLarge(operation.Query)
            ? await front.ReadApartAsync(ended => view.Range(operation.Query, ended), context.CancellationToken)
            : front.Read(() => view.Range(operation.Query));
        return WireResponses.ToWire(outcome, headers.At(outcome.Revision));
    }

    /// <summary>Is answered as a server answers that does not know it: it came with a later version than the one told.</summary>
    public override Task RangeStream(
        RangeRequest request, IServerStreamWriter<RangeStreamResponse> responseStream, ServerCallContext context) =>
        throw RpcErrors.NotOffered("unknown method RangeStream for service etcdserverpb.KV");

    /// <inheritdoc/>
    public override async Task<PutResponse> Put(PutRequest request, ServerCallContext context)
    {
        var outcome = await front.ProposeAsync<PutOutcome>(WireRequests.ToOperation(request));
        return WireResponses.ToWire(outcome, headers.At(outcome.Revision));
    }

    /// <inheritdoc/>
    public override async Task<DeleteRangeResponse> DeleteRange(DeleteRangeRequest request, ServerCallContext context)
    {
        var outcome = await front.ProposeAsync<DeleteRangeOutcome>(WireRequests.ToOperation(request));
        return WireResponses.ToWire(outcome, headers.At(outcome.Revision));
    }

    /// <inheritdoc/>
    public override async Task<TxnResponse> Txn(TxnRequest request, ServerCallContext context)
    {
        var transaction = WireRequests.ToOperation(request);
        front.Check(transaction);
        var outcome = transaction.IsReadOnly
            ? await ReadAsync(transaction, WireRequests.IsSerializable(request), context)
            : await front.ProposeAsync<TxnOutcome>(transaction);
        return WireResponses.ToWire(outcome, headers.At(outcome.Revision));
    }

    /// <inheritdoc/>
    public override async Task<CompactionResponse> Compact(CompactionRequest request, ServerCallContext context)
    {
        var compaction = new Revision(request.Revision);
        var outcome = await front.ProposeAsync<CompactOutcome>(new CompactCommand(compaction));
        if (request.Physical)
        {
            await front.AskAsync(new MemberRequest.Removal(compaction));
        }

        return new CompactionResponse { Header = headers.At(outcome.Revision) };
    }

    private async Task<TxnOutcome> ReadAsync(TxnOperation transaction, bool isSerializable, ServerCallContext context)
    {
        var view = isSerializable ? front.View : await front.LinearizableViewAsync();
        return view.IsLarge(transaction)
            ? await front.ReadApartAsync(ended => view.ReadTxn(transaction, ended), context.CancellationToken)
            : front.Read(() => view.ReadTxn(transaction));
    }
}
