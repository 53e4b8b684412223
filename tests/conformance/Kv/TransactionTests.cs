using Grpc.Core;
using Sync.Conformance.Tests.Servers;
using Sync.Etcd.Api;
using static Sync.Conformance.Tests.Servers.ConformanceServer;
using Result = Sync.Etcd.Api.Compare.Types.CompareResult;
using Target = Sync.Etcd.Api.Compare.Types.CompareTarget;

namespace Sync.Conformance.Tests.Kv;

[Collection(SharedServers.Name)]
public sealed class TransactionTests(RunningServers servers)
{
    private const string Duplicate = "etcdserver: duplicate key given in txn request";
    private const string TooMany = "etcdserver: too many operations in txn request";

    [Theory, EachServer]
    public async Task An_empty_transaction_succeeds_without_a_revision(string program)
    {
        var server = await servers.OfAsync(program);
        var before = await server.RevisionAsync();

        var answer = await server.Kv.TxnAsync(new TxnRequest());

        (answer.Succeeded, answer.Responses.Count, answer.Header.Revision).Should().Be((true, 0, before));
    }

    [Theory, EachServer]
    public async Task A_transaction_is_one_revision_and_its_events_come_in_one_answer_in_its_order(string program)
    {
        var server = await servers.OfAsync(program);
        await server.PutAsync("order/c");
        using var watch = server.Watch();
        await watch.CreateAsync("order/", "order0");

        var answer = await server.Kv.TxnAsync(Of(Put("order/z"), Delete("order/c"), Put("order/a")));
        var events = (await watch.NextAsync()).Events;

        events.Select(one => (one.Kv.Key.ToStringUtf8(), one.Kv.ModRevision)).Should().Equal(
            ("order/z", answer.Header.Revision), ("order/c", answer.Header.Revision),
            ("order/a", answer.Header.Revision));
    }

    [Theory, EachServer]
    public async Task A_range_sees_the_writes_before_it_and_its_header_says_which_revision_that_is(string program)
    {
        var server = await servers.OfAsync(program);
        var before = await server.RevisionAsync();

        var answer = await server.Kv.TxnAsync(Of(Get("see"), Put("see", "1"), Get("see")));
        var reads = answer.Responses.Where(one => one.ResponseRange is not null).Select(one => one.ResponseRange);

        reads.Select(read => (read.Header.Revision, read.Count))
            .Should().Equal((before, 0), (before + 1, 1));
        answer.Responses[1].ResponsePut.Header.Should().Be(new ResponseHeader { Revision = before + 1 });
    }

    [Theory, EachServer]
    public async Task A_missing_key_equals_zero_but_has_no_value_that_compares(string program)
    {
        var server = await servers.OfAsync(program);
        var lease = (await server.Lease.LeaseGrantAsync(new LeaseGrantRequest { TTL = 600 })).ID;
        await server.PutAsync("there", "v", lease);

        async Task<bool> Holds(Compare compare)
        {
            var request = new TxnRequest();
            request.Compare.Add(compare);
            return (await server.Kv.TxnAsync(request)).Succeeded;
        }

        (await Holds(Compare("gone", Target.Version, Result.Equal))).Should().BeTrue();
        (await Holds(Compare("gone", Target.Create, Result.Greater))).Should().BeFalse();
        (await Holds(Compare("gone", Target.Lease, Result.Equal))).Should().BeTrue();
        (await Holds(Compare("gone", Target.Value, Result.NotEqual, value: "x"))).Should().BeFalse();
        (await Holds(Compare("there", Target.Value, Result.NotEqual, value: "x"))).Should().BeTrue();
        (await Holds(Compare("there", Target.Value, Result.Less, value: "w"))).Should().BeTrue();
        var attached = Compare("there", Target.Lease, Result.Equal);
        attached.Lease = lease;
        (await Holds(attached)).Should().BeTrue();
    }

    [Theory, EachServer]
    public async Task A_comparison_of_a_range_must_hold_for_every_key_of_it(string program)
    {
        var server = await servers.OfAsync(program);
        await server.PutAsync("every/1", "a");
        await server.PutAsync("every/2", "b");

        async Task<bool> Holds(string end, Target target, Result result, string value)
        {
            var compare = Compare("every/", target, result, value);
            compare.RangeEnd = Text(end);
            var request = new TxnRequest();
            request.Compare.Add(compare);
            return (await server.Kv.TxnAsync(request)).Succeeded;
        }

        (await Holds("every0", Target.Value, Result.Less, "c")).Should().BeTrue();
        (await Holds("every0", Target.Value, Result.Less, "b")).Should().BeFalse();
        (await Holds("every/0", Target.Value, Result.NotEqual, "a")).Should().BeFalse("the range is empty");
        (await Holds("every/0", Target.Version, Result.Equal, "")).Should().BeTrue("the range is empty");
    }

    [Theory, EachServer]
    public async Task A_nested_comparison_sees_the_store_before_the_whole_transaction(string program)
    {
        var server = await servers.OfAsync(program);
        var nested = new TxnRequest();
        nested.Compare.Add(Compare("nest", Target.Version, Result.Equal));
        nested.Success.Add(Put("nest/absent"));
        nested.Failure.Add(Put("nest/present"));

        var answer = await server.Kv.TxnAsync(Of(Put("nest"), new RequestOp { RequestTxn = nested }));

        answer.Succeeded.Should().BeTrue();
        answer.Responses[1].ResponseTxn.Succeeded.Should().BeTrue();
        (await server.GetAsync("nest/absent")).Count.Should().Be(1);
        (await server.GetAsync("nest/present")).Count.Should().Be(0);
    }

    [Theory, EachServer]
    public async Task A_key_is_put_at_most_once(string program)
    {
        var server = await servers.OfAsync(program);
        RequestOp Nested(params RequestOp[] requests) => new() { RequestTxn = Of(requests) };

        await RefusedAsync(server.Kv.TxnAsync(Of(Put("d"), Put("d"))), StatusCode.InvalidArgument, Duplicate);
        await RefusedAsync(server.Kv.TxnAsync(Of(Delete("d"), Put("d"))), StatusCode.InvalidArgument, Duplicate);
        await RefusedAsync(server.Kv.TxnAsync(Of(Put("d"), Nested(Put("d")))), StatusCode.InvalidArgument, Duplicate);
        await RefusedAsync(
            server.Kv.TxnAsync(Of(Nested(Put("d")), Nested(Put("d")))), StatusCode.InvalidArgument, Duplicate);

        var exclusive = new TxnRequest();
        exclusive.Success.Add(Put("d"));
        exclusive.Failure.Add(Put("d"));
        (await server.Kv.TxnAsync(Of(new RequestOp { RequestTxn = exclusive }))).Succeeded.Should().BeTrue();
        (await server.Kv.TxnAsync(Of(Delete("d"), Delete("d")))).Succeeded.Should().BeTrue();
    }

    [Theory, EachServer]
    public async Task A_transaction_has_at_most_128_operations(string program)
    {
        var server = await servers.OfAsync(program);
        RequestOp[] Puts(int count) => [.. Enumerable.Range(0, count).Select(number => Put($"many/{number}"))];

        (await server.Kv.TxnAsync(Of(Puts(128)))).Succeeded.Should().BeTrue();
        await RefusedAsync(server.Kv.TxnAsync(Of(Puts(129))), StatusCode.InvalidArgument, TooMany);
        var nested = new RequestOp { RequestTxn = Of(Puts(127)) };
        (await server.Kv.TxnAsync(Of(nested))).Succeeded.Should().BeTrue();
        await RefusedAsync(server.Kv.TxnAsync(Of(Put("parent"), Get("a"), new RequestOp { RequestTxn = Of(Puts(126)) })),
            StatusCode.InvalidArgument, TooMany);
    }

    [Theory, EachServer]
    public async Task An_operation_that_is_none_is_refused(string program)
    {
        var server = await servers.OfAsync(program);

        await RefusedAsync(server.Kv.TxnAsync(Of(new RequestOp())),
            StatusCode.InvalidArgument, "etcdserver: key not found");
        await RefusedAsync(server.Kv.TxnAsync(Of(Put(""))),
            StatusCode.InvalidArgument, "etcdserver: key is not provided");
    }

    [Theory, EachServer]
    public async Task An_operation_that_must_fail_fails_the_whole_before_anything_is_changed(string program)
    {
        var server = await servers.OfAsync(program);
        var before = await server.RevisionAsync();
        var future = Get("whole");
        future.RequestRange.Revision = before + 100;
        var leased = Put("whole/2");
        leased.RequestPut.Lease = 4711;

        await RefusedAsync(server.Kv.TxnAsync(Of(Put("whole"), future)),
            StatusCode.OutOfRange, "etcdserver: mvcc: required revision is a future revision");
        await RefusedAsync(server.Kv.TxnAsync(Of(Put("whole"), leased)),
            StatusCode.NotFound, "etcdserver: requested lease not found");

        (await server.RevisionAsync()).Should().Be(before);
    }

    private static TxnRequest Of(params RequestOp[] requests)
    {
        var transaction = new TxnRequest();
        transaction.Success.Add(requests);
        return transaction;
    }

    private static RequestOp Put(string key, string value = "") =>
        new() { RequestPut = new PutRequest { Key = Text(key), Value = Text(value) } };

    private static RequestOp Get(string key) => new() { RequestRange = new RangeRequest { Key = Text(key) } };

    private static RequestOp Delete(string key) =>
        new() { RequestDeleteRange = new DeleteRangeRequest { Key = Text(key) } };

    // With no value the union is left unset, which compares with nothing: zero.
    private static Compare Compare(string key, Target target, Result result, string? value = null)
    {
        var compare = new Compare { Key = Text(key), Target = target, Result = result };
        if (target == Target.Value)
        {
            compare.Value = Text(value ?? "");
        }

        return compare;
    }
}
