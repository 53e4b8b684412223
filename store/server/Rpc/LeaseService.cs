using Google.Protobuf;
using Grpc.Core;
using Sync.Etcd.Api;
using Sync.Mvcc.Commands;
using Sync.Mvcc.Leases;
using Sync.Store.Hosting;
using Sync.Store.Replication;

namespace Sync.Store.Rpc;

/// <summary>etcd's Lease service.</summary>
/// <remarks>Source: etcd, api/etcdserverpb/rpc.proto, service Lease.</remarks>
internal sealed class LeaseService(StoreFront front, ResponseHeaders headers, StreamLifetime streams)
    : Lease.LeaseBase
{
    /// <inheritdoc/>
    public override async Task<LeaseGrantResponse> LeaseGrant(LeaseGrantRequest request, ServerCallContext context)
    {
        var lease = request.ID != 0 ? request.ID : Random.Shared.NextInt64(1, long.MaxValue);
        var outcome = await front.ProposeAsync<LeaseGrantOutcome>(
            new LeaseGrantCommand(new LeaseId(lease), request.TTL));
        return new LeaseGrantResponse
        {
            Header = headers.At(outcome.Revision),
            ID = outcome.Lease.Value,
            TTL = outcome.TtlSeconds,
        };
    }

    /// <inheritdoc/>
    public override async Task<LeaseRevokeResponse> LeaseRevoke(LeaseRevokeRequest request, ServerCallContext context)
    {
        var outcome = await front.ProposeAsync<LeaseRevokeOutcome>(new LeaseRevokeCommand(new LeaseId(request.ID)));
        return new LeaseRevokeResponse { Header = headers.At(outcome.Revision) };
    }

    /// <inheritdoc/>
    public override async Task LeaseKeepAlive(
        IAsyncStreamReader<LeaseKeepAliveRequest> requestStream,
        IServerStreamWriter<LeaseKeepAliveResponse> responseStream,
        ServerCallContext context)
    {
        using var call = streams.Begin(context);
        try
        {
            while (await requestStream.MoveNext(call.Ended))
            {
                var lease = requestStream.Current.ID;

                // The revision from before the renewal, so that it is not above that of a later revocation.
                var header = headers.At(front.View.Revision);
                var ttlSeconds = await front.AskAsync(new MemberRequest.LeaseRenewal(new LeaseId(lease)));
                await responseStream.WriteAsync(
                    new LeaseKeepAliveResponse { Header = header, ID = lease, TTL = ttlSeconds }, call.Ended);
            }
        }
        catch (Exception ended) when (call.IsEnd(ended))
        {
            call.ThrowWhenStopped();
        }
    }

    /// <inheritdoc/>
    public override async Task<LeaseTimeToLiveResponse> LeaseTimeToLive(
        LeaseTimeToLiveRequest request, ServerCallContext context)
    {
        var lease = new LeaseId(request.ID);
        var view = await front.LinearizableViewAsync();
        var remaining = await front.AskAsync(new MemberRequest.LeaseRemainingTime(lease));
        var response = new LeaseTimeToLiveResponse { Header = headers.At(view.Revision), ID = request.ID, TTL = -1 };
        if (view.FindLease(lease) is { } state && remaining >= 0)
        {
            response.TTL = remaining;
            response.GrantedTTL = state.GrantedTtlSeconds;
            if (request.Keys)
            {
                response.Keys.AddRange(view.KeysOf(lease).Select(key => UnsafeByteOperations.UnsafeWrap(key)));
            }
        }

        return response;
    }

    /// <inheritdoc/>
    public override async Task<LeaseLeasesResponse> LeaseLeases(LeaseLeasesRequest request, ServerCallContext context)
    {
        var leases = await front.AskAsync(new MemberRequest.LeaseListing());
        var response = new LeaseLeasesResponse { Header = headers.At(front.View.Revision) };
        response.Leases.AddRange(leases.Select(lease => new LeaseStatus { ID = lease.Value }));
        return response;
    }
}
