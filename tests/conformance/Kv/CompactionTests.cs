using Grpc.Core;
using Sync.Conformance.Tests.Servers;
using Sync.Etcd.Api;
using static Sync.Conformance.Tests.Servers.ConformanceServer;

namespace Sync.Conformance.Tests.Kv;

public sealed class CompactionTests
{
    private const string Compacted = "etcdserver: mvcc: required revision has been compacted";

    [Theory, EachServer]
    public async Task The_compacted_revision_stays_readable_and_those_below_do_not(string program)
    {
        await using var server = await StartAsync(program);
        var first = await server.PutAsync("a", "1");
        var second = await server.PutAsync("a", "2");
        await server.PutAsync("a", "3");

        await CompactAsync(server, second);

        (await server.GetAsync("a", second)).Kvs.Single().Value.Should().Equal(Text("2"));
        await RefusedAsync(server.Kv.RangeAsync(new RangeRequest { Key = Text("a"), Revision = first }),
            StatusCode.OutOfRange, Compacted);
    }

    [Theory, EachServer]
    public async Task A_compaction_of_the_past_or_the_future_is_refused(string program)
    {
        await using var server = await StartAsync(program);
        await server.PutAsync("a");
        var revision = await server.PutAsync("a");

        if (server.IsEtcd34)
        {
            // A store that was never compacted lets a compaction of 0 pass, once.
            await server.Kv.CompactAsync(new CompactionRequest());
        }

        await RefusedAsync(server.Kv.CompactAsync(new CompactionRequest()), StatusCode.OutOfRange, Compacted);
        await RefusedAsync(server.Kv.CompactAsync(new CompactionRequest { Revision = -5 }),
            StatusCode.OutOfRange, Compacted);
        await RefusedAsync(server.Kv.CompactAsync(new CompactionRequest { Revision = revision + 1 }),
            StatusCode.OutOfRange, "etcdserver: mvcc: required revision is a future revision");
        await CompactAsync(server, revision);
        await RefusedAsync(server.Kv.CompactAsync(new CompactionRequest { Revision = revision }),
            StatusCode.OutOfRange, Compacted);
    }

    [Theory, EachServer]
    public async Task A_compaction_survives_a_crash(string program)
    {
        await using var server = await StartProcessAsync(program);
        var first = await server.PutAsync("a", "1");
        var second = await server.PutAsync("a", "2");
        await CompactAsync(server, second);

        await server.Server.KillAsync();
        await server.Server.StartAgainAsync(TestKit.Deadline.In(TimeSpan.FromSeconds(30)));

        (await server.GetAsync("a", second)).Kvs.Single().Value.Should().Equal(Text("2"));
        await RefusedAsync(server.Kv.RangeAsync(new RangeRequest { Key = Text("a"), Revision = first }),
            StatusCode.OutOfRange, Compacted);
    }

    [Theory, EachServer]
    public async Task A_deletion_at_the_compacted_revision_can_still_be_watched(string program)
    {
        await using var server = await StartAsync(program);
        await server.PutAsync("a", "1");
        var deletion = await server.DeleteAsync("a");
        await server.PutAsync("b");

        await CompactAsync(server, deletion);
        using var watch = server.Watch();
        await watch.CreateAsync("a", "c", deletion);
        var events = await watch.EventsAsync(server.IsEtcd34 ? 1 : 2);

        // etcd 3.4.23 drops that deletion; 3.4.34, 3.5.16 and 3.6 keep it.
        events.Select(one => (one.Type, one.Kv.Key.ToStringUtf8())).Should().Equal(server.IsEtcd34
            ? [(Event.Types.EventType.Put, "b")]
            : [(Event.Types.EventType.Delete, "a"), (Event.Types.EventType.Put, "b")]);
    }

    private static async Task CompactAsync(ConformanceServer server, long revision) =>
        await server.Kv.CompactAsync(new CompactionRequest { Revision = revision, Physical = true });
}
