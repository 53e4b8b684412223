using Grpc.Core;
using Sync.Etcd.Api;
using Sync.Member.Membership;
using Sync.Mvcc;
using Sync.Store.Replication;
using WireMember = Sync.Etcd.Api.Member;

namespace Sync.Store.Rpc;

/// <summary>etcd's Cluster service: who the members are.</summary>
/// <remarks>Source: etcd, api/etcdserverpb/rpc.proto, service Cluster.</remarks>
internal sealed class ClusterService(StoreFront front, ResponseHeaders headers, PublishedState published)
    : Cluster.ClusterBase
{
    private const string OneMember = "this version runs clusters of one member; members cannot be changed";

    /// <inheritdoc/>
    public override async Task<MemberListResponse> MemberList(MemberListRequest request, ServerCallContext context)
    {
        if (request.Linearizable)
        {
            await front.LinearizableViewAsync();
        }

        // Cluster calls leave the revision out.
        var response = new MemberListResponse { Header = headers.At(Revision.None) };
        response.Members.AddRange(published.Status.Members.All.Select(ToWire));
        return response;
    }

    /// <inheritdoc/>
    public override Task<MemberAddResponse> MemberAdd(MemberAddRequest request, ServerCallContext context) =>
        throw RpcErrors.NotOffered(OneMember);

    /// <inheritdoc/>
    public override Task<MemberRemoveResponse> MemberRemove(MemberRemoveRequest request, ServerCallContext context) =>
        throw RpcErrors.NotOffered(OneMember);

    /// <inheritdoc/>
    public override Task<MemberUpdateResponse> MemberUpdate(MemberUpdateRequest request, ServerCallContext context) =>
        throw RpcErrors.NotOffered(OneMember);

    /// <inheritdoc/>
    public override Task<MemberPromoteResponse> MemberPromote(MemberPromoteRequest request, ServerCallContext context) =>
        throw RpcErrors.NotOffered(OneMember);

    private static WireMember ToWire(ClusterMember member)
    {
        var wire = new WireMember { ID = member.Id.Value, Name = member.Name };
        wire.PeerURLs.AddRange(member.PeerUrls);
        wire.ClientURLs.AddRange(member.ClientUrls);
        return wire;
    }
}
