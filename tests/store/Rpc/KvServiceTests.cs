using Google.Protobuf;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Sync.Etcd.Api;
using Sync.Store.Hosting;
using Sync.Store.Rpc;
using Sync.TestKit;

namespace Sync.Store.Tests.Rpc;

/// <summary>Which reads of clients may hold up the thread that brought them.</summary>
public sealed class KvServiceTests : IDisposable
{
    private static readonly RangeRequest All = new()
    {
        Key = ByteString.CopyFromUtf8("k"),
        RangeEnd = ByteString.CopyFromUtf8("l"),
        Serializable = true,
    };

    private readonly QuietMember _member = new();
    private readonly ReadThreads _threads;
    private readonly KvService _service;

    public KvServiceTests()
    {
        var lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        _threads = new ReadThreads(lifetime, _member.FailStop);
        _service = new KvService(_member.FrontOf(_threads), _member.Headers);
        _member.Put(Enumerable.Range(0, 1000).Select(number => $"k{number:d4}"), valueBytes: 10);
    }

    public void Dispose()
    {
        _threads.Dispose();
        _member.Dispose();
    }

    [Fact]
    public async Task A_range_over_many_keys_waits_for_a_thread_of_its_own()
    {
        var many = RangeAsync(All);
        var old = RangeAsync(new RangeRequest(All) { Revision = 900, Limit = 1 });
        var transaction = _service.Txn(
            new TxnRequest { Success = { new RequestOp { RequestRange = All } } }, new FakeCall(Deadline.Default));

        many.IsCompleted.Should().BeFalse();
        old.IsCompleted.Should().BeFalse("what existed then is not counted");
        transaction.IsCompleted.Should().BeFalse();
        await _threads.StartAsync(Deadline.Default);
        (await many).Kvs.Should().HaveCount(1000);
        (await old).Kvs.Should().ContainSingle();
        (await transaction).Responses[0].ResponseRange.Kvs.Should().HaveCount(1000);
        await _threads.StopAsync(Deadline.Default);
    }

    [Fact]
    public void A_read_of_few_keys_is_answered_at_once()
    {
        RangeAsync(new RangeRequest { Key = ByteString.CopyFromUtf8("k0007"), Serializable = true })
            .IsCompletedSuccessfully.Should().BeTrue();
        RangeAsync(new RangeRequest(All) { Limit = 100 }).IsCompletedSuccessfully.Should().BeTrue();
        RangeAsync(new RangeRequest(All) { CountOnly = true }).IsCompletedSuccessfully.Should().BeTrue();
        RangeAsync(new RangeRequest(All) { Key = ByteString.CopyFromUtf8("k09") })
            .IsCompletedSuccessfully.Should().BeTrue();
    }

    [Fact]
    public async Task A_range_whose_client_is_gone_is_not_read()
    {
        using var call = new CancellationTokenSource();
        var read = _service.Range(All, new FakeCall(call.Token));
        await call.CancelAsync();

        await _threads.StartAsync(Deadline.Default);

        await FluentActions.Awaiting(() => read).Should().ThrowAsync<OperationCanceledException>();
        await _threads.StopAsync(Deadline.Default);
    }

    private Task<RangeResponse> RangeAsync(RangeRequest request) => _service.Range(request, new FakeCall(Deadline.Default));
}
