using Grpc.Core;
using Sync.Conformance.Tests.Servers;
using Sync.Etcd.Api;
using Sync.TestKit;
using static Sync.Conformance.Tests.Servers.ConformanceServer;

namespace Sync.Conformance.Tests.Leases;

[Collection(SharedServers.Name)]
public sealed class LeaseTests(RunningServers servers)
{
    private const string NotFound = "etcdserver: requested lease not found";

    [Theory, EachServer]
    public async Task A_lease_lives_two_seconds_at_least(string program)
    {
        var server = await servers.OfAsync(program);

        foreach (var seconds in new long[] { 0, 1, -5, 2 })
        {
            (await GrantAsync(server, seconds)).TTL.Should().Be(2, "{0} s were asked for", seconds);
        }

        (await GrantAsync(server, 3)).TTL.Should().Be(3);
    }

    [Theory, EachServer]
    public async Task A_lease_beyond_the_limit_or_with_a_number_in_use_is_refused(string program)
    {
        var server = await servers.OfAsync(program);
        await server.Lease.LeaseGrantAsync(new LeaseGrantRequest { TTL = 600, ID = 4242 });

        await RefusedAsync(server.Lease.LeaseGrantAsync(new LeaseGrantRequest { TTL = 9_000_000_001 }),
            StatusCode.OutOfRange, "etcdserver: too large lease TTL");
        await RefusedAsync(server.Lease.LeaseGrantAsync(new LeaseGrantRequest { TTL = 600, ID = 4242 }),
            StatusCode.FailedPrecondition, "etcdserver: lease already exists");
    }

    [Theory, EachServer]
    public async Task A_revoked_lease_takes_its_keys_in_one_revision_in_key_order(string program)
    {
        var server = await servers.OfAsync(program);
        var lease = (await GrantAsync(server, 600)).ID;
        await server.PutAsync("l/revoke/b", lease: lease);
        await server.PutAsync("l/revoke/a", lease: lease);
        var before = await server.PutAsync("l/revoke/free");
        using var watch = server.Watch();
        await watch.CreateAsync("l/revoke/", "l/revoke0");

        await server.Lease.LeaseRevokeAsync(new LeaseRevokeRequest { ID = lease });
        var events = (await watch.NextAsync()).Events;

        events.Select(one => (one.Type, one.Kv.Key.ToStringUtf8(), one.Kv.ModRevision)).Should().Equal(
            (Event.Types.EventType.Delete, "l/revoke/a", before + 1),
            (Event.Types.EventType.Delete, "l/revoke/b", before + 1));
        await RefusedAsync(server.Lease.LeaseRevokeAsync(new LeaseRevokeRequest { ID = lease }),
            StatusCode.NotFound, NotFound);
    }

    [Theory, EachServer]
    public async Task A_lease_without_keys_goes_without_a_revision(string program)
    {
        var server = await servers.OfAsync(program);
        var before = await server.RevisionAsync();

        var lease = (await GrantAsync(server, 600)).ID;
        await server.Lease.LeaseRevokeAsync(new LeaseRevokeRequest { ID = lease });

        (await server.RevisionAsync()).Should().Be(before);
    }

    [Theory, EachServer]
    public async Task An_expired_lease_takes_its_keys_but_not_before_its_time(string program)
    {
        var server = await servers.OfAsync(program);
        using var watch = server.Watch();
        await watch.CreateAsync("l/expire");
        var clock = System.Diagnostics.Stopwatch.StartNew();

        var lease = (await GrantAsync(server, 2)).ID;
        await server.PutAsync("l/expire", lease: lease);
        var events = await watch.EventsAsync(2);

        clock.Elapsed.Should().BeGreaterThan(TimeSpan.FromSeconds(2)).And.BeLessThan(TimeSpan.FromSeconds(9));
        events[1].Type.Should().Be(Event.Types.EventType.Delete);
        (await server.Lease.LeaseTimeToLiveAsync(new LeaseTimeToLiveRequest { ID = lease })).TTL.Should().Be(-1);
    }

    [Theory, EachServer]
    public async Task A_put_moves_a_key_from_lease_to_lease_and_one_without_a_lease_sets_it_free(string program)
    {
        var server = await servers.OfAsync(program);
        var first = (await GrantAsync(server, 600)).ID;
        var second = (await GrantAsync(server, 600)).ID;
        await server.PutAsync("l/move", lease: first);
        await server.PutAsync("l/move", lease: second);
        await server.PutAsync("l/free", lease: second);
        await server.PutAsync("l/free");

        await server.Lease.LeaseRevokeAsync(new LeaseRevokeRequest { ID = first });
        var afterFirst = (await server.GetAsync("l/move")).Count;
        await server.Lease.LeaseRevokeAsync(new LeaseRevokeRequest { ID = second });

        afterFirst.Should().Be(1);
        (await server.GetAsync("l/move")).Count.Should().Be(0);
        (await server.GetAsync("l/free")).Count.Should().Be(1);
    }

    [Theory, EachServer]
    public async Task A_renewal_gives_the_whole_time_again_and_that_of_an_unknown_lease_none(string program)
    {
        var server = await servers.OfAsync(program);
        var lease = (await GrantAsync(server, 500)).ID;
        using var stream = server.Lease.LeaseKeepAlive(cancellationToken: Deadline.Default);

        async Task<LeaseKeepAliveResponse> Renew(long id)
        {
            await stream.RequestStream.WriteAsync(new LeaseKeepAliveRequest { ID = id });
            await stream.ResponseStream.MoveNext(Deadline.Default);
            return stream.ResponseStream.Current;
        }

        var known = await Renew(lease);
        var unknown = await Renew(987654);
        var again = await Renew(lease);

        (known.ID, known.TTL).Should().Be((lease, 500));
        (unknown.ID, unknown.TTL).Should().Be((987654, 0));
        again.TTL.Should().Be(500, "the stream goes on");
    }

    [Theory, EachServer]
    public async Task What_is_left_of_a_lease_is_told_with_its_keys_when_asked(string program)
    {
        var server = await servers.OfAsync(program);
        var lease = (await GrantAsync(server, 500)).ID;
        await server.PutAsync("l/left/1", lease: lease);
        await server.PutAsync("l/left/2", lease: lease);

        var plain = await server.Lease.LeaseTimeToLiveAsync(new LeaseTimeToLiveRequest { ID = lease });
        var keys = await server.Lease.LeaseTimeToLiveAsync(new LeaseTimeToLiveRequest { ID = lease, Keys = true });
        var unknown = await server.Lease.LeaseTimeToLiveAsync(new LeaseTimeToLiveRequest { ID = 987654 });

        plain.TTL.Should().BeInRange(480, 500);
        (plain.GrantedTTL, plain.Keys.Count).Should().Be((500, 0));
        keys.Keys.Should().BeEquivalentTo([Text("l/left/1"), Text("l/left/2")]);
        (unknown.ID, unknown.TTL, unknown.GrantedTTL).Should().Be((987654, -1, 0));
    }

    [Theory, EachServer]
    public async Task Leases_are_listed_and_survive_a_crash_with_their_keys(string program)
    {
        await using var server = await StartProcessAsync(program);
        var lease = (await GrantAsync(server, 500)).ID;
        await server.PutAsync("kept", lease: lease);

        await server.Server.KillAsync();
        await server.Server.StartAgainAsync(Deadline.In(TimeSpan.FromSeconds(30)));
        var listed = await server.Lease.LeaseLeasesAsync(new LeaseLeasesRequest());
        var left = await server.Lease.LeaseTimeToLiveAsync(new LeaseTimeToLiveRequest { ID = lease, Keys = true });

        listed.Leases.Select(one => one.ID).Should().Equal(lease);
        left.GrantedTTL.Should().Be(500);
        left.Keys.Should().Equal(Text("kept"));
    }

    private static async Task<LeaseGrantResponse> GrantAsync(ConformanceServer server, long seconds) =>
        await server.Lease.LeaseGrantAsync(new LeaseGrantRequest { TTL = seconds });
}
