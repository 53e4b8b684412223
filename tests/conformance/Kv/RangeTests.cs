using Google.Protobuf;
using Grpc.Core;
using Sync.Conformance.Tests.Servers;
using Sync.Etcd.Api;
using static Sync.Conformance.Tests.Servers.ConformanceServer;
using Order = Sync.Etcd.Api.RangeRequest.Types.SortOrder;
using Target = Sync.Etcd.Api.RangeRequest.Types.SortTarget;

namespace Sync.Conformance.Tests.Kv;

[Collection(SharedServers.Name)]
public sealed class RangeTests(RunningServers servers)
{
    [Theory, EachServer]
    public async Task A_limit_cuts_the_pairs_but_not_the_count(string program)
    {
        var server = await servers.OfAsync(program);
        var range = await FilledAsync(server, "limit/");

        var cut = await server.Kv.RangeAsync(range.With(request => request.Limit = 2));
        var exact = await server.Kv.RangeAsync(range.With(request => request.Limit = 4));
        var negative = await server.Kv.RangeAsync(range.With(request => request.Limit = -1));

        (cut.Kvs.Count, cut.More, cut.Count).Should().Be((2, true, 4));
        (exact.Kvs.Count, exact.More, exact.Count).Should().Be((4, false, 4));
        (negative.Kvs.Count, negative.More).Should().Be((4, false));
    }

    [Theory, EachServer]
    public async Task Filters_drop_pairs_but_do_not_lower_the_count(string program)
    {
        var server = await servers.OfAsync(program);
        var range = await FilledAsync(server, "filter/");
        var pairs = (await server.Kv.RangeAsync(range)).Kvs;
        var bound = pairs.Single(pair => pair.Key.ToStringUtf8() == "filter/3").ModRevision;

        var least = await server.Kv.RangeAsync(range.With(request => request.MinModRevision = bound));
        var most = await server.Kv.RangeAsync(range.With(request => request.MaxCreateRevision = bound));
        var limited = await server.Kv.RangeAsync(range.With(request =>
        {
            request.MinModRevision = bound;
            request.Limit = 1;
        }));

        Keys(least).Should().Equal("filter/2", "filter/3", "filter/4");
        least.Count.Should().Be(4);
        Keys(most).Should().Equal("filter/1", "filter/2", "filter/3");
        (limited.Kvs.Count, limited.More, limited.Count).Should().Be((1, true, 4));
    }

    [Theory, EachServer]
    public async Task A_count_has_no_pairs_and_never_more(string program)
    {
        var server = await servers.OfAsync(program);
        var range = await FilledAsync(server, "count/");

        var answer = await server.Kv.RangeAsync(range.With(request =>
        {
            request.CountOnly = true;
            request.Limit = 1;
        }));

        (answer.Kvs.Count, answer.More, answer.Count).Should().Be((0, false, 4));
    }

    [Theory, EachServer]
    public async Task Keys_alone_keep_all_but_the_value(string program)
    {
        var server = await servers.OfAsync(program);
        var put = await server.PutAsync("alone", "value");

        var answer = await server.Kv.RangeAsync(new RangeRequest { Key = Text("alone"), KeysOnly = true });

        answer.Kvs.Single().Should().Be(new KeyValue
        {
            Key = Text("alone"),
            CreateRevision = put,
            ModRevision = put,
            Version = 1,
        });
    }

    [Theory, EachServer]
    public async Task Pairs_are_sorted_by_each_target(string program)
    {
        var server = await servers.OfAsync(program);
        var range = await FilledAsync(server, "sort/");

        async Task<IEnumerable<string>> Sorted(Target target, Order order, long limit = 0) =>
            Keys(await server.Kv.RangeAsync(range.With(request =>
            {
                request.SortTarget = target;
                request.SortOrder = order;
                request.Limit = limit;
            }))).Select(key => key[5..]);

        (await Sorted(Target.Key, Order.Descend)).Should().Equal("4", "3", "2", "1");
        (await Sorted(Target.Value, Order.Ascend)).Should().Equal("3", "1", "4", "2");
        (await Sorted(Target.Create, Order.Descend)).Should().Equal("4", "3", "2", "1");
        (await Sorted(Target.Mod, Order.Ascend)).Should().Equal("1", "3", "4", "2");
        (await Sorted(Target.Version, Order.Descend)).First().Should().Be("2");
        (await Sorted(Target.Mod, Order.None)).Should().Equal("1", "3", "4", "2");
        (await Sorted(Target.Value, Order.Descend, limit: 1)).Should().Equal("2");
        (await Sorted(Target.Value, Order.None, limit: 1)).Should().Equal(["1"],
            "without an order the pairs are cut by key before they are sorted");
    }

    [Theory, EachServer]
    public async Task A_sort_that_does_not_exist_is_refused(string program)
    {
        var server = await servers.OfAsync(program);
        if (server.IsEtcd34)
        {
            // etcd 3.4 ends its process on such a request.
            return;
        }

        await RefusedAsync(
            server.Kv.RangeAsync(new RangeRequest { Key = Text("a"), SortTarget = (Target)9 }),
            StatusCode.InvalidArgument, "etcdserver: invalid sort option");
        await RefusedAsync(
            server.Kv.RangeAsync(new RangeRequest { Key = Text("a"), SortOrder = (Order)9 }),
            StatusCode.InvalidArgument, "etcdserver: invalid sort option");
    }

    [Theory, EachServer]
    public async Task The_ends_of_ranges_have_their_special_forms(string program)
    {
        await using var server = await StartAsync(program);
        ByteString[] keys = [Text("a"), Text("b"), ByteString.CopyFrom(0xff), ByteString.CopyFrom(0xff, 0xff, 1)];
        foreach (var key in keys)
        {
            await server.Kv.PutAsync(new PutRequest { Key = key });
        }

        async Task<long> Count(ByteString start, ByteString end) =>
            (await server.Kv.RangeAsync(new RangeRequest { Key = start, RangeEnd = end, CountOnly = true })).Count;
        var zero = ByteString.CopyFrom(0);

        (await Count(zero, zero)).Should().Be(4, "that is every key");
        (await Count(Text("b"), zero)).Should().Be(3, "there is no upper bound");
        (await Count(Text("b"), Text("a"))).Should().Be(0, "the end is before the start");
        (await Count(Text("a"), Text("a"))).Should().Be(0, "the range is empty");
        (await Count(ByteString.CopyFrom(0xff, 0xff), zero)).Should().Be(1, "the prefix has no successor");
        await RefusedAsync(server.Kv.RangeAsync(new RangeRequest { RangeEnd = Text("b") }),
            StatusCode.InvalidArgument, "etcdserver: key is not provided");
    }

    [Theory, EachServer]
    public async Task The_past_is_read_as_it_was_and_the_header_tells_the_present(string program)
    {
        var server = await servers.OfAsync(program);
        var first = await server.PutAsync("past", "1");
        var second = await server.PutAsync("past", "2");
        var deletion = await server.DeleteAsync("past");

        var read = await server.GetAsync("past", first);

        read.Kvs.Single().Value.Should().Equal(Text("1"));
        read.Header.Revision.Should().Be(deletion);
        (await server.GetAsync("past", second)).Kvs.Single().Version.Should().Be(2);
        (await server.GetAsync("past", deletion)).Count.Should().Be(0);
        await RefusedAsync(
            server.Kv.RangeAsync(new RangeRequest { Key = Text("past"), Revision = deletion + 1 }),
            StatusCode.OutOfRange, "etcdserver: mvcc: required revision is a future revision");
    }

    [Theory, EachServer]
    public async Task A_serializable_read_is_answered_too(string program)
    {
        var server = await servers.OfAsync(program);
        await server.PutAsync("own", "1");

        var answer = await server.Kv.RangeAsync(new RangeRequest { Key = Text("own"), Serializable = true });

        answer.Kvs.Single().Value.Should().Equal(Text("1"));
    }

    // Keys 1 to 4 in this order of creation; 2 is changed last; values sort as 3, 1, 4, 2.
    private static async Task<RangeRequest> FilledAsync(ConformanceServer server, string prefix)
    {
        await server.PutAsync(prefix + "1", "b");
        await server.PutAsync(prefix + "2", "x");
        await server.PutAsync(prefix + "3", "a");
        await server.PutAsync(prefix + "4", "c");
        await server.PutAsync(prefix + "2", "d");
        return new RangeRequest { Key = Text(prefix), RangeEnd = Text(prefix[..^1] + "0") };
    }

    private static IEnumerable<string> Keys(RangeResponse answer) =>
        answer.Kvs.Select(pair => pair.Key.ToStringUtf8());
}

/// <summary>A request with a difference.</summary>
internal static class RangeRequestExtensions
{
    public static RangeRequest With(this RangeRequest request, Action<RangeRequest> change)
    {
        var changed = request.Clone();
        change(changed);
        return changed;
    }
}
