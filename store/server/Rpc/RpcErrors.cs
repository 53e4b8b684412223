using Grpc.Core;
using Sync.Member;
using Sync.Member.Membership;
using Sync.Mvcc;
using Sync.Raft;
using Sync.Store.Replication;

namespace Sync.Store.Rpc;

/// <summary>How refusals and failures look on the wire: the codes and the exact texts that etcd's clients match.</summary>
/// <remarks>The only file that names gRPC status codes. Source: etcd, api/v3rpc/rpctypes/error.go.</remarks>
internal static class RpcErrors
{
    /// <summary>The trailer that tells a refused member whether the cluster works.</summary>
    public const string KnowsLeaderKey = "sync-knows-leader";

    /// <summary>Authentication is asked for while it is off.</summary>
    public static RpcException AuthNotEnabled => New(
        StatusCode.FailedPrecondition, "etcdserver: authentication is not enabled");

    /// <summary>The stream's client wants a leader and there is none.</summary>
    public static RpcException NoLeader => New(StatusCode.Unavailable, "etcdserver: no leader");

    /// <summary>The server is going down.</summary>
    public static RpcException Stopped => New(StatusCode.Unavailable, "etcdserver: server stopped");

    /// <summary>A stream ended by a fault of its connection.</summary>
    public static RpcException StreamBroke => New(StatusCode.Unavailable, "the stream broke; begin it again");

    /// <summary>A client takes so little of a snapshot that it would be kept for it for days.</summary>
    public static RpcException SnapshotTooSlow => New(
        StatusCode.DeadlineExceeded, "the snapshot is taken too slowly; save it from nearer by");

    /// <summary>The request is larger than the log takes.</summary>
    public static RpcException RequestTooLarge => New(
        StatusCode.InvalidArgument, "etcdserver: request is too large");

    /// <summary>The data has reached its limit.</summary>
    public static RpcException NoSpace => Of(StoreError.NoSpace);

    /// <summary>Leadership cannot go to that member.</summary>
    public static RpcException BadTransferee => New(
        StatusCode.FailedPrecondition, "etcdserver: bad leader transferee");

    /// <summary>Only the leader can do it.</summary>
    public static RpcException NotLeader => New(StatusCode.FailedPrecondition, "etcdserver: not leader");

    /// <summary>The successor did not take leadership over in time.</summary>
    public static RpcException TransferTimedOut => New(
        StatusCode.Unknown, "etcdserver: request timed out, leader transfer took too long");

    /// <summary>A member of another cluster asks.</summary>
    public static RpcException ClusterIdMismatch => New(
        StatusCode.FailedPrecondition, "etcdserver: cluster ID mismatch");

    /// <summary>A member is refused that does not belong here.</summary>
    /// <param name="difference">What differs, a sentence.</param>
    /// <param name="knowsLeader">Whether this member is in a cluster that works.</param>
    public static RpcException PeerRefused(string difference, bool knowsLeader) => new(
        new Status(StatusCode.FailedPrecondition, difference),
        new Metadata { { KnowsLeaderKey, knowsLeader ? "true" : "false" } });

    /// <summary>A stream is refused whose connection nobody introduced; a member that lost it between connects anew.</summary>
    /// <param name="caller">Whom it says it is from.</param>
    public static RpcException PeerNotIntroduced(MemberId caller) => New(
        StatusCode.Unauthenticated, $"the member {caller} has not introduced itself on this connection");

    /// <summary>A member is refused because it was removed.</summary>
    /// <param name="sentence">What it is told.</param>
    public static RpcException PeerRemoved(string sentence) => new(
        new Status(StatusCode.NotFound, sentence), new Metadata { { KnowsLeaderKey, "true" } });

    /// <summary>A member is refused because what it promised to keep is gone.</summary>
    /// <param name="sentence">What it is told.</param>
    public static RpcException PeerLostItsData(string sentence) => new(
        new Status(StatusCode.DataLoss, sentence), new Metadata { { KnowsLeaderKey, "true" } });

    /// <summary>Health is asked of a service that the server does not have.</summary>
    public static RpcException UnknownService => New(StatusCode.NotFound, "unknown service");

    /// <summary>The URLs of a member are none.</summary>
    public static RpcException MemberUrlsInvalid => New(
        StatusCode.InvalidArgument, "etcdserver: given member URLs are invalid");

    /// <summary>The cluster has as many learners as it may have.</summary>
    public static RpcException TooManyLearners => New(
        StatusCode.FailedPrecondition, "etcdserver: too many learner members in cluster");

    /// <summary>A member without a vote does not answer such calls.</summary>
    public static RpcException NotForLearner => New(
        StatusCode.FailedPrecondition, "etcdserver: rpc not supported for learner");

    /// <summary>The version of a downgrade is not of the form 3.5 or 3.5.0.</summary>
    public static RpcException DowngradeVersionMalformed => New(
        StatusCode.InvalidArgument, "etcdserver: wrong downgrade target version format");

    /// <summary>The request asks for an action that there is none.</summary>
    public static RpcException UnknownMethod => New(StatusCode.Unknown, "etcdserver: unknown method");

    /// <summary>There is no downgrade to give up.</summary>
    public static RpcException NoDowngrade => New(
        StatusCode.FailedPrecondition, "etcdserver: no inflight downgrade job");

    /// <summary>Why a change of the cluster was not made.</summary>
    public static RpcException Of(ClusterRefusal refusal) => refusal switch
    {
        ClusterRefusal.MemberUnknown => New(StatusCode.NotFound, "etcdserver: member not found"),
        ClusterRefusal.MemberExists => New(StatusCode.FailedPrecondition, "etcdserver: member ID already exist"),
        ClusterRefusal.PeerUrlsTaken => New(StatusCode.FailedPrecondition, "etcdserver: Peer URLs already exists"),
        ClusterRefusal.NotLearner => New(
            StatusCode.FailedPrecondition, "etcdserver: can only promote a learner member"),
        ClusterRefusal.LearnerIsBehind => New(
            StatusCode.FailedPrecondition,
            "etcdserver: can only promote a learner member which is in sync with leader"),
        ClusterRefusal.LeavesNoVoter => Of(ReconfigurationRisk.NotEnoughStarted),
        ClusterRefusal.VersionUnknown => New(
            StatusCode.FailedPrecondition, "etcdserver: cluster version not found during downgrade"),
        ClusterRefusal.NotOneLower => New(
            StatusCode.InvalidArgument, "etcdserver: invalid downgrade target version"),
        ClusterRefusal.DowngradeUnderWay => New(
            StatusCode.FailedPrecondition, "etcdserver: cluster has a downgrade job in progress"),
    };

    /// <summary>Why a change of the members would put the cluster at risk.</summary>
    public static RpcException Of(ReconfigurationRisk risk) => risk switch
    {
        ReconfigurationRisk.NotEnoughStarted => New(
            StatusCode.FailedPrecondition,
            "etcdserver: re-configuration failed due to not enough started members"),
        ReconfigurationRisk.Unhealthy => New(StatusCode.Unavailable, "etcdserver: unhealthy cluster"),
    };

    /// <summary>What another member answered to a call that was made for a client, without its metadata.</summary>
    public static RpcException PassedOn(RpcException answer) => answer.StatusCode switch
    {
        StatusCode.DeadlineExceeded => Of(new RequestFailedException(RequestFailure.TimedOut)),
        StatusCode.Unavailable when !answer.Status.Detail.StartsWith("etcdserver: ", StringComparison.Ordinal) =>
            Of(new RequestFailedException(RequestFailure.TimedOut)),
        _ => New(answer.StatusCode, answer.Status.Detail),
    };

    /// <summary>A refusal of the keyspace.</summary>
    public static RpcException Of(StoreError error) => error switch
    {
        StoreError.EmptyKey => New(StatusCode.InvalidArgument, "etcdserver: key is not provided"),
        StoreError.ValueProvided => New(StatusCode.InvalidArgument, "etcdserver: value is provided"),
        StoreError.LeaseProvided => New(StatusCode.InvalidArgument, "etcdserver: lease is provided"),
        StoreError.TooManyOperations => New(
            StatusCode.InvalidArgument, "etcdserver: too many operations in txn request"),
        StoreError.DuplicateKey => New(
            StatusCode.InvalidArgument, "etcdserver: duplicate key given in txn request"),
        StoreError.InvalidSortOption => New(StatusCode.InvalidArgument, "etcdserver: invalid sort option"),
        StoreError.Compacted => New(
            StatusCode.OutOfRange, "etcdserver: mvcc: required revision has been compacted"),
        StoreError.FutureRevision => New(
            StatusCode.OutOfRange, "etcdserver: mvcc: required revision is a future revision"),
        StoreError.KeyNotFound => New(StatusCode.InvalidArgument, "etcdserver: key not found"),
        StoreError.LeaseNotFound => New(StatusCode.NotFound, "etcdserver: requested lease not found"),
        StoreError.LeaseExists => New(StatusCode.FailedPrecondition, "etcdserver: lease already exists"),
        StoreError.LeaseTtlTooLarge => New(StatusCode.OutOfRange, "etcdserver: too large lease TTL"),
        StoreError.NoSpace => New(StatusCode.ResourceExhausted, "etcdserver: mvcc: database space exceeded"),
        StoreError.Corrupt => New(StatusCode.DataLoss, "etcdserver: corrupt cluster"),
        StoreError.MalformedCommand => New(StatusCode.Internal, "etcdserver: malformed command"),
    };

    /// <summary>A request without an answer.</summary>
    public static RpcException Of(RequestFailedException failed) => failed.Failure switch
    {
        RequestFailure.NotLeader => NoLeader,
        RequestFailure.TooLarge => RequestTooLarge,
        RequestFailure.TooMuchWaiting => TooManyRequests,
        RequestFailure.LeaderChanged => New(StatusCode.Unavailable, "etcdserver: leader changed"),
        RequestFailure.TimedOut => New(StatusCode.Unavailable, "etcdserver: request timed out"),
        RequestFailure.LeaderLost => New(
            StatusCode.Unavailable, "etcdserver: request timed out, possibly due to previous leader failure"),
        RequestFailure.Stopped => Stopped,
    };

    /// <summary>A request without an answer, during which a connection to other members was lost.</summary>
    public static RpcException ConnectionLost => New(
        StatusCode.Unavailable, "etcdserver: request timed out, possibly due to connection lost");

    /// <summary>More waits to be applied than the member takes.</summary>
    public static RpcException TooManyRequests => New(
        StatusCode.ResourceExhausted, "etcdserver: too many requests");

    /// <summary>A call that this version does not offer.</summary>
    /// <param name="what">What is missing and since when it will be there, as a sentence.</param>
    public static RpcException NotOffered(string what) => New(StatusCode.Unimplemented, what);

    private static RpcException New(StatusCode code, string text) => new(new Status(code, text));
}
