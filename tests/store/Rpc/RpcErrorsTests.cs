using Grpc.Core;
using Sync.Member;
using Sync.Member.Membership;
using Sync.Mvcc;
using Sync.Store.Replication;
using Sync.Store.Rpc;

namespace Sync.Store.Tests.Rpc;

public class RpcErrorsTests
{
    public static TheoryData<StoreError> Refusals => [.. Enum.GetValues<StoreError>()];

    public static TheoryData<RequestFailure> Failures => [.. Enum.GetValues<RequestFailure>()];

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Each_refusal_has_a_code_and_a_text_of_its_own(StoreError error)
    {
        var status = RpcErrors.Of(error).Status;

        status.StatusCode.Should().NotBe(StatusCode.Unknown);
        status.Detail.Should().StartWith("etcdserver: ");
        Enum.GetValues<StoreError>().Select(other => RpcErrors.Of(other).Status.Detail).Should().OnlyHaveUniqueItems();
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public void Each_failure_has_a_code(RequestFailure failure)
    {
        RpcErrors.Of(new RequestFailedException(failure)).Status.Detail.Should().StartWith("etcdserver: ");
    }

    [Theory]
    [InlineData(StoreError.EmptyKey, StatusCode.InvalidArgument, "etcdserver: key is not provided")]
    [InlineData(StoreError.ValueProvided, StatusCode.InvalidArgument, "etcdserver: value is provided")]
    [InlineData(StoreError.LeaseProvided, StatusCode.InvalidArgument, "etcdserver: lease is provided")]
    [InlineData(StoreError.TooManyOperations, StatusCode.InvalidArgument, "etcdserver: too many operations in txn request")]
    [InlineData(StoreError.DuplicateKey, StatusCode.InvalidArgument, "etcdserver: duplicate key given in txn request")]
    [InlineData(StoreError.InvalidSortOption, StatusCode.InvalidArgument, "etcdserver: invalid sort option")]
    [InlineData(StoreError.Compacted, StatusCode.OutOfRange, "etcdserver: mvcc: required revision has been compacted")]
    [InlineData(StoreError.FutureRevision, StatusCode.OutOfRange, "etcdserver: mvcc: required revision is a future revision")]
    [InlineData(StoreError.KeyNotFound, StatusCode.InvalidArgument, "etcdserver: key not found")]
    [InlineData(StoreError.LeaseNotFound, StatusCode.NotFound, "etcdserver: requested lease not found")]
    [InlineData(StoreError.LeaseExists, StatusCode.FailedPrecondition, "etcdserver: lease already exists")]
    [InlineData(StoreError.LeaseTtlTooLarge, StatusCode.OutOfRange, "etcdserver: too large lease TTL")]
    [InlineData(StoreError.NoSpace, StatusCode.ResourceExhausted, "etcdserver: mvcc: database space exceeded")]
    [InlineData(StoreError.Corrupt, StatusCode.DataLoss, "etcdserver: corrupt cluster")]
    [InlineData(StoreError.MalformedCommand, StatusCode.Internal, "etcdserver: malformed command")]
    public void Clients_match_these_texts(StoreError error, StatusCode code, string text)
    {
        RpcErrors.Of(error).Status.Should().Be(new Status(code, text));
    }

    [Theory]
    [InlineData(RequestFailure.NotLeader, StatusCode.Unavailable, "etcdserver: no leader")]
    [InlineData(RequestFailure.TooLarge, StatusCode.InvalidArgument, "etcdserver: request is too large")]
    [InlineData(RequestFailure.TooMuchWaiting, StatusCode.ResourceExhausted, "etcdserver: too many requests")]
    [InlineData(RequestFailure.LeaderChanged, StatusCode.Unavailable, "etcdserver: leader changed")]
    [InlineData(RequestFailure.TimedOut, StatusCode.Unavailable, "etcdserver: request timed out")]
    [InlineData(RequestFailure.LeaderLost, StatusCode.Unavailable, "etcdserver: request timed out, possibly due to previous leader failure")]
    [InlineData(RequestFailure.Stopped, StatusCode.Unavailable, "etcdserver: server stopped")]
    public void Clients_match_these_texts_of_failures(RequestFailure failure, StatusCode code, string text)
    {
        RpcErrors.Of(new RequestFailedException(failure)).Status.Should().Be(new Status(code, text));
    }

    [Theory]
    [InlineData(ClusterRefusal.MemberUnknown, StatusCode.NotFound, "etcdserver: member not found")]
    [InlineData(ClusterRefusal.MemberExists, StatusCode.FailedPrecondition, "etcdserver: member ID already exist")]
    [InlineData(ClusterRefusal.PeerUrlsTaken, StatusCode.FailedPrecondition, "etcdserver: Peer URLs already exists")]
    [InlineData(ClusterRefusal.NotLearner, StatusCode.FailedPrecondition, "etcdserver: can only promote a learner member")]
    [InlineData(ClusterRefusal.LearnerIsBehind, StatusCode.FailedPrecondition, "etcdserver: can only promote a learner member which is in sync with leader")]
    [InlineData(ClusterRefusal.LeavesNoVoter, StatusCode.FailedPrecondition, "etcdserver: re-configuration failed due to not enough started members")]
    public void Clients_match_these_texts_about_members(ClusterRefusal refusal, StatusCode code, string text)
    {
        RpcErrors.Of(refusal).Status.Should().Be(new Status(code, text));
    }

    [Fact]
    public void Clients_match_these_texts_of_the_server()
    {
        RpcException[] errors =
        [
            RpcErrors.AuthNotEnabled, RpcErrors.RequestTooLarge, RpcErrors.BadTransferee, RpcErrors.NotLeader,
            RpcErrors.ClusterIdMismatch, RpcErrors.MemberUrlsInvalid, RpcErrors.TooManyLearners, RpcErrors.NotForLearner,
        ];

        errors.Select(error => error.Status).Should().Equal(
            new Status(StatusCode.FailedPrecondition, "etcdserver: authentication is not enabled"),
            new Status(StatusCode.InvalidArgument, "etcdserver: request is too large"),
            new Status(StatusCode.FailedPrecondition, "etcdserver: bad leader transferee"),
            new Status(StatusCode.FailedPrecondition, "etcdserver: not leader"),
            new Status(StatusCode.FailedPrecondition, "etcdserver: cluster ID mismatch"),
            new Status(StatusCode.InvalidArgument, "etcdserver: given member URLs are invalid"),
            new Status(StatusCode.FailedPrecondition, "etcdserver: too many learner members in cluster"),
            new Status(StatusCode.FailedPrecondition, "etcdserver: rpc not supported for learner"));
    }

    // A method that is not overridden answers without a text.
    [Theory]
    [InlineData(typeof(AuthService))]
    [InlineData(typeof(ClusterService))]
    [InlineData(typeof(HealthService))]
    [InlineData(typeof(KvService))]
    [InlineData(typeof(LeaseService))]
    [InlineData(typeof(MaintenanceService))]
    [InlineData(typeof(WatchService))]
    public void Each_method_of_a_service_is_answered_by_our_own_code(Type service)
    {
        var left = service.BaseType!.GetMethods()
            .Where(method => method.IsVirtual && method.DeclaringType == service.BaseType)
            .Where(method => service.GetMethod(method.Name)!.DeclaringType != service);

        left.Select(method => method.Name).Should().BeEmpty();
    }
}
