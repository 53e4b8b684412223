using System.Globalization;
using Google.Protobuf.Collections;
using Grpc.Core;
using Sync.Etcd.Api;
using Sync.Member.Membership;
using Sync.Mvcc;
using Sync.Raft;
using Sync.Store.Options;
using Sync.Store.Peers;
using Sync.Store.Replication;
using WireMember = Sync.Etcd.Api.Member;

namespace Sync.Store.Rpc;

/// <summary>etcd's Cluster service: who the members are, and who becomes one.</summary>
/// <remarks>Source: etcd, api/etcdserverpb/rpc.proto, service Cluster.</remarks>
internal sealed class ClusterService(
    StoreFront front, ResponseHeaders headers, PublishedState published, MemberChanges changes, TimeProvider time)
    : Cluster.ClusterBase
{
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
    public override async Task<MemberAddResponse> MemberAdd(MemberAddRequest request, ServerCallContext context)
    {
        var urls = Checked(request.PeerURLs);
        var seconds = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var added = new ClusterMember(BootstrapIdentities.MemberOf(urls, seconds), "", urls, ClientUrls: [])
        {
            IsLearner = request.IsLearner,
        };
        var members = await changes.MakeAsync(new ClusterChange.Add(added));
        return new MemberAddResponse
        {
            Header = headers.At(Revision.None),
            Member = ToWire(added),
            Members = { members.All.Select(ToWire) },
        };
    }

    /// <inheritdoc/>
    public override async Task<MemberRemoveResponse> MemberRemove(MemberRemoveRequest request, ServerCallContext context)
    {
        var members = await changes.MakeAsync(new ClusterChange.Remove(new MemberId(request.ID)));
        return new MemberRemoveResponse
        {
            Header = headers.At(Revision.None),
            Members = { members.All.Select(ToWire) },
        };
    }

    /// <inheritdoc/>
    public override async Task<MemberUpdateResponse> MemberUpdate(MemberUpdateRequest request, ServerCallContext context)
    {
        var members = await changes.MakeAsync(
            new ClusterChange.Move(new MemberId(request.ID), Checked(request.PeerURLs)));
        return new MemberUpdateResponse
        {
            Header = headers.At(Revision.None),
            Members = { members.All.Select(ToWire) },
        };
    }

    /// <inheritdoc/>
    public override async Task<MemberPromoteResponse> MemberPromote(MemberPromoteRequest request, ServerCallContext context)
    {
        var members = await changes.MakeAsync(new ClusterChange.Promote(new MemberId(request.ID)));
        return new MemberPromoteResponse
        {
            Header = headers.At(Revision.None),
            Members = { members.All.Select(ToWire) },
        };
    }

    private static List<string> Checked(RepeatedField<string> urls)
    {
        var faults = new List<string>();
        foreach (var url in urls)
        {
            UrlList.Parse("peerURLs", url, faults);
        }

        return urls.Count > 0 && faults.Count == 0 ? [.. urls] : throw RpcErrors.MemberUrlsInvalid;
    }

    private static WireMember ToWire(ClusterMember member)
    {
        var wire = new WireMember { ID = member.Id.Value, Name = member.Name, IsLearner = member.IsLearner };
        wire.PeerURLs.AddRange(member.PeerUrls);
        wire.ClientURLs.AddRange(member.ClientUrls);
        return wire;
    }
}
