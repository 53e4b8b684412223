using Grpc.Core;
using Sync.Conformance.Tests.Servers;
using Sync.Etcd.Api;
using Sync.Etcd.Client;
using Sync.Etcd.Client.Connections;
using Sync.TestKit;
using static Sync.Conformance.Tests.Servers.ConformanceServer;

namespace Sync.Conformance.Tests.Kv;

[Collection(SharedServers.Name)]
public sealed class KeyTests(RunningServers servers)
{
    [Theory, EachServer]
    public async Task A_fresh_store_is_at_revision_1_and_its_first_put_makes_2(string program)
    {
        await using var server = await StartAsync(program);

        var before = await server.RevisionAsync();
        var put = await server.PutAsync("first");

        (before, put).Should().Be((1, 2));
    }

    [Theory, EachServer]
    public async Task A_put_of_the_same_value_is_a_new_version(string program)
    {
        var server = await servers.OfAsync(program);
        var created = await server.PutAsync("same", "v");

        var changed = await server.PutAsync("same", "v");
        var pair = (await server.GetAsync("same")).Kvs.Single();

        changed.Should().Be(created + 1);
        (pair.CreateRevision, pair.ModRevision, pair.Version).Should().Be((created, changed, 2));
    }

    [Theory, EachServer]
    public async Task A_key_begins_anew_after_its_deletion(string program)
    {
        var server = await servers.OfAsync(program);
        await server.PutAsync("anew", "1");
        await server.PutAsync("anew", "2");
        await server.DeleteAsync("anew");

        var created = await server.PutAsync("anew", "3");
        var pair = (await server.GetAsync("anew")).Kvs.Single();

        (pair.CreateRevision, pair.ModRevision, pair.Version).Should().Be((created, created, 1));
    }

    [Theory, EachServer]
    public async Task A_delete_of_nothing_has_no_revision(string program)
    {
        var server = await servers.OfAsync(program);
        var before = await server.RevisionAsync();

        var answer = await server.Kv.DeleteRangeAsync(new DeleteRangeRequest { Key = Text("nothing") });

        (answer.Deleted, answer.Header.Revision).Should().Be((0, before));
    }

    [Theory, EachServer]
    public async Task A_put_can_show_the_pair_before(string program)
    {
        var server = await servers.OfAsync(program);

        var first = await server.Kv.PutAsync(
            new PutRequest { Key = Text("before"), Value = Text("1"), PrevKv = true });
        var second = await server.Kv.PutAsync(
            new PutRequest { Key = Text("before"), Value = Text("2"), PrevKv = true });

        first.PrevKv.Should().BeNull();
        second.PrevKv.Value.Should().Equal(Text("1"));
    }

    [Theory, EachServer]
    public async Task A_range_is_deleted_in_one_revision_and_can_show_what_it_held_in_key_order(string program)
    {
        var server = await servers.OfAsync(program);
        foreach (var key in new[] { "del/c", "del/a", "del/b" })
        {
            await server.PutAsync(key, key);
        }

        var before = await server.RevisionAsync();
        var answer = await server.Kv.DeleteRangeAsync(
            new DeleteRangeRequest { Key = Text("del/"), RangeEnd = Text("del0"), PrevKv = true });

        (answer.Deleted, answer.Header.Revision).Should().Be((3, before + 1));
        answer.PrevKvs.Select(pair => pair.Key.ToStringUtf8()).Should().Equal("del/a", "del/b", "del/c");
    }

    [Theory, EachServer]
    public async Task A_put_may_keep_the_value_or_the_lease(string program)
    {
        var server = await servers.OfAsync(program);
        var lease = (await server.Lease.LeaseGrantAsync(new LeaseGrantRequest { TTL = 600 })).ID;
        await server.PutAsync("keep", "v", lease);

        await server.Kv.PutAsync(new PutRequest { Key = Text("keep"), IgnoreValue = true, IgnoreLease = true });
        var kept = (await server.GetAsync("keep")).Kvs.Single();
        await server.Kv.PutAsync(new PutRequest { Key = Text("keep"), Value = Text("w"), IgnoreLease = true });
        var renewed = (await server.GetAsync("keep")).Kvs.Single();
        await server.Kv.PutAsync(new PutRequest { Key = Text("keep"), IgnoreValue = true });
        var detached = (await server.GetAsync("keep")).Kvs.Single();

        (kept.Value.ToStringUtf8(), kept.Lease, kept.Version).Should().Be(("v", lease, 2));
        (renewed.Value.ToStringUtf8(), renewed.Lease).Should().Be(("w", lease));
        (detached.Value.ToStringUtf8(), detached.Lease).Should().Be(("w", 0));
    }

    [Theory, EachServer]
    public async Task A_put_that_makes_no_sense_is_refused(string program)
    {
        var server = await servers.OfAsync(program);
        await server.PutAsync("sense", "v");

        await RefusedAsync(server.Kv.PutAsync(new PutRequest()),
            StatusCode.InvalidArgument, "etcdserver: key is not provided");
        await RefusedAsync(
            server.Kv.PutAsync(new PutRequest { Key = Text("sense"), Value = Text("x"), IgnoreValue = true }),
            StatusCode.InvalidArgument, "etcdserver: value is provided");
        await RefusedAsync(
            server.Kv.PutAsync(new PutRequest { Key = Text("sense"), Lease = 1, IgnoreLease = true }),
            StatusCode.InvalidArgument, "etcdserver: lease is provided");
        await RefusedAsync(server.Kv.PutAsync(new PutRequest { Key = Text("absent"), IgnoreValue = true }),
            StatusCode.InvalidArgument, "etcdserver: key not found");
        await RefusedAsync(server.Kv.PutAsync(new PutRequest { Key = Text("absent"), IgnoreLease = true }),
            StatusCode.InvalidArgument, "etcdserver: key not found");
        await RefusedAsync(server.Kv.PutAsync(new PutRequest { Key = Text("absent"), Lease = 12345 }),
            StatusCode.NotFound, "etcdserver: requested lease not found");
        await RefusedAsync(server.Kv.DeleteRangeAsync(new DeleteRangeRequest()),
            StatusCode.InvalidArgument, "etcdserver: key is not provided");
    }

    [Theory, EachServer]
    public async Task A_request_over_the_limit_is_refused_and_one_far_over_it_is_not_even_read(string program)
    {
        var server = await servers.OfAsync(program);

        await RefusedAsync(
            server.Kv.PutAsync(new PutRequest { Key = Text("big"), Value = Text(new string('x', 1_600_000)) }),
            StatusCode.InvalidArgument, "etcdserver: request is too large");
        var far = new PutRequest { Key = Text("big"), Value = Text(new string('x', 2_200_000)) };
        await RefusedAsync(
            server.Kv.PutAsync(far),
            StatusCode.ResourceExhausted,
            $"grpc: received message larger than max ({far.CalculateSize()} vs. 2097152)");
        (await server.GetAsync("big")).Count.Should().Be(0);
    }

    [Theory, EachServer]
    public async Task A_request_far_over_the_limit_does_not_end_its_connection(string program)
    {
        var server = await servers.OfAsync(program);
        var far = new PutRequest { Key = Text("far"), Value = Text(new string('x', 2_200_000)) };

        await Parallel.ForEachAsync(
            Enumerable.Range(0, 200),
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Deadline.Default },
            async (_, cancel) =>
            {
                using var client = new EtcdClient(new EtcdClientOptions { Endpoints = [server.Server.Endpoint] });
                await RefusedAsync(
                    client.Kv.PutAsync(far, cancellationToken: cancel),
                    StatusCode.ResourceExhausted,
                    $"grpc: received message larger than max ({far.CalculateSize()} vs. 2097152)");
                await client.Kv.PutAsync(new PutRequest { Key = Text("near") }, cancellationToken: cancel);
            });
    }
}
