using Grpc.Core;
using Sync.Member;
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
    [InlineData(StoreError.Compacted, StatusCode.OutOfRange, "etcdserver: mvcc: required revision has been compacted")]
    [InlineData(StoreError.LeaseNotFound, StatusCode.NotFound, "etcdserver: requested lease not found")]
    [InlineData(StoreError.NoSpace, StatusCode.ResourceExhausted, "etcdserver: mvcc: database space exceeded")]
    [InlineData(StoreError.EmptyKey, StatusCode.InvalidArgument, "etcdserver: key is not provided")]
    public void Clients_match_these_texts(StoreError error, StatusCode code, string text)
    {
        RpcErrors.Of(error).Status.Should().Be(new Status(code, text));
    }
}
