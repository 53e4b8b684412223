using System.Threading.Channels;
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
    // How many renewals of one stream may be under way: clients keep all their leases alive on one.
    private const int RenewalsMax = 4096;

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
        var renewals = Channel.CreateBounded<Renewal>(RenewalsMax);
        try
        {
            await call.RunAsync(
                AskAsync(requestStream, renewals.Writer, call.Ended), AnswerAsync(renewals.Reader, responseStream, call.Ended));
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
        response.Leases.AddRange(leases.Order().Select(listed => new LeaseStatus { ID = listed.Lease.Value }));
        return response;
    }

    // All are asked at once: one after the other, a stream could renew no more than one lease a round trip of the cluster.
    private async Task AskAsync(
        IAsyncStreamReader<LeaseKeepAliveRequest> requests, ChannelWriter<Renewal> renewals, CancellationToken ended)
    {
        while (await requests.MoveNext(ended))
        {
            var lease = requests.Current.ID;

            // The revision from before the renewal, so that it is not above that of a later revocation.
            var header = headers.At(front.View.Revision);
            var ttlSeconds = front.AskAsync(new MemberRequest.LeaseRenewal(new LeaseId(lease)));
            await renewals.WriteAsync(new Renewal(header, lease, ttlSeconds), ended);
        }

        renewals.Complete();
    }

    private static async Task AnswerAsync(
        ChannelReader<Renewal> renewals, IServerStreamWriter<LeaseKeepAliveResponse> responses, CancellationToken ended)
    {
        await foreach (var renewal in renewals.ReadAllAsync(ended))
        {
            await responses.WriteAsync(
                new LeaseKeepAliveResponse { Header = renewal.Header, ID = renewal.Lease, TTL = await renewal.TtlSeconds },
                ended);
        }
    }

    // TtlSeconds is what the member answers; 0 when there is no such lease.
    private sealed record Renewal(ResponseHeader Header, long Lease, Task<long> TtlSeconds);
}
