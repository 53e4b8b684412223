using Grpc.Core;
using Sync.Member;
using Sync.Mvcc;
using Sync.Store.Replication;

namespace Sync.Store.Rpc;

/// <summary>How refusals and failures look on the wire: the codes and the exact texts that etcd's clients match.</summary>
/// <remarks>The only file that names gRPC status codes. Source: etcd, api/v3rpc/rpctypes/error.go.</remarks>
internal static class RpcErrors
{
    /// <summary>Authentication is asked for while it is off.</summary>
    public static RpcException AuthNotEnabled => New(
        StatusCode.FailedPrecondition, "etcdserver: authentication is not enabled");

    /// <summary>The stream's client wants a leader and there is none.</summary>
    public static RpcException NoLeader => New(StatusCode.Unavailable, "etcdserver: no leader");

    /// <summary>The server is going down.</summary>
    public static RpcException Stopped => New(StatusCode.Unavailable, "etcdserver: server stopped");

    /// <summary>The request is larger than the log takes.</summary>
    public static RpcException RequestTooLarge => New(
        StatusCode.InvalidArgument, "etcdserver: request is too large");

    /// <summary>The data has reached its limit.</summary>
    public static RpcException NoSpace => Of(StoreError.NoSpace);

    /// <summary>Leadership cannot go to that member.</summary>
    public static RpcException BadTransferee => New(
        StatusCode.FailedPrecondition, "etcdserver: bad leader transferee");

    /// <summary>Health is asked of a service that the server does not have.</summary>
    public static RpcException UnknownService => New(StatusCode.NotFound, "unknown service");

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
        RequestFailure.TooMuchWaiting => TooManyRequests,
        RequestFailure.LeaderChanged => New(StatusCode.Unavailable, "etcdserver: leader changed"),
        RequestFailure.TimedOut => New(StatusCode.Unavailable, "etcdserver: request timed out"),
        RequestFailure.Stopped => Stopped,
    };

    /// <summary>More waits to be applied than the member takes.</summary>
    public static RpcException TooManyRequests => New(
        StatusCode.ResourceExhausted, "etcdserver: too many requests");

    /// <summary>A call that this version does not offer.</summary>
    /// <param name="what">What is missing and since when it will be there, as a sentence.</param>
    public static RpcException NotOffered(string what) => New(StatusCode.Unimplemented, what);

    private static RpcException New(StatusCode code, string text) => new(new Status(code, text));
}
