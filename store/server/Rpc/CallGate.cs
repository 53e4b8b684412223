using Grpc.Core;
using Grpc.Core.Interceptors;
using Sync.Etcd.Api;
using Sync.Mvcc;
using Sync.Peers.Api;
using Sync.Raft;
using Sync.Store.Replication;

namespace Sync.Store.Rpc;

/// <summary>
/// Refuses calls that want a leader while this member knows none, most calls while this member has no vote, all that read or
/// write while its data is known to differ from that of the others, and all of clients once it was removed.
/// </summary>
/// <remarks>
/// What becomes of a stream whose leader is lost later is the matter of <see cref="Hosting.StreamLifetime"/>.
/// Source: etcd, api/v3rpc/interceptor.go, metadata key <c>hasleader</c>.
/// </remarks>
internal sealed class CallGate(PublishedState published) : Interceptor
{
    private const string Key = "hasleader";
    private const string MembersPath = "/sync.peers.Peer/";

    /// <summary>Whether a call goes on only while this member knows a leader.</summary>
    public static bool NeedsLeader(ServerCallContext context) => context.RequestHeaders.GetValue(Key) == "true";

    /// <inheritdoc/>
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        Check(context);
        if (published.IsLearner && !IsForLearner(request))
        {
            throw RpcErrors.NotForLearner;
        }

        if (published.HasDiverged && !IsForOperator(request))
        {
            throw RpcErrors.Of(StoreError.Corrupt);
        }

        return continuation(request, context);
    }

    /// <inheritdoc/>
    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Check(context);
        if (published.HasDiverged && !IsForOperator(request))
        {
            throw RpcErrors.Of(StoreError.Corrupt);
        }

        return continuation(request, responseStream, context);
    }

    /// <inheritdoc/>
    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Check(context);
        var isForMembers = IsForMembers(context);
        if (published.IsLearner && !isForMembers)
        {
            throw RpcErrors.NotForLearner;
        }

        if (published.HasDiverged && !isForMembers)
        {
            throw RpcErrors.Of(StoreError.Corrupt);
        }

        return continuation(requestStream, responseStream, context);
    }

    // What a learner answers clients, and what members say to each other.
    private static bool IsForLearner(object request) =>
        request is StatusRequest or RangeRequest { Serializable: true } or HealthCheckRequest
            or Introduction or ChangeQuestion or HashQuestion;

    // What an operator needs to see that, and to mend it.
    private static bool IsForOperator(object request) =>
        request is StatusRequest or AlarmRequest or HashRequest or HashKVRequest or MemberListRequest
            or MemberAddRequest or MemberRemoveRequest or MoveLeaderRequest or HealthCheckRequest
            or Introduction or ChangeQuestion or HashQuestion;

    private static bool IsForMembers(ServerCallContext context) =>
        context.Method.StartsWith(MembersPath, StringComparison.Ordinal);

    private void Check(ServerCallContext context)
    {
        if (published.WasRemoved && !IsForMembers(context))
        {
            throw RpcErrors.Stopped;
        }

        if (published.Status.Leader == MemberId.None && NeedsLeader(context))
        {
            throw RpcErrors.NoLeader;
        }
    }
}
