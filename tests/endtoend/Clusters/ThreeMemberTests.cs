using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Sync.Etcd.Api;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>Three members that nothing disturbs; Debian's etcdctl manages them unchanged.</summary>
public sealed class ThreeMemberTests(ThreeMembers members) : IClassFixture<ThreeMembers>
{
    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(30);

    private StoreCluster Cluster => members.Cluster;

    private ClusterClient Client => members.Client;

    private CancellationToken Limit { get; } = Deadline.In(TimeSpan.FromMinutes(4));

    [Fact]
    public async Task Every_member_writes_and_reads_what_the_others_wrote()
    {
        for (var writer = 0; writer < 3; writer++)
        {
            await Client.PutAsync(writer, "key", $"by {writer}", CallMax);

            for (var reader = 0; reader < 3; reader++)
            {
                (await Client.GetAsync(reader, "key", CallMax)).Should().Be($"by {writer}");
            }
        }
    }

    [Fact]
    public async Task A_lease_is_granted_renewed_and_revoked_at_any_member()
    {
        var granted = await Client.Lease(0).LeaseGrantAsync(
            new LeaseGrantRequest { TTL = 600 }, cancellationToken: Limit);
        for (var member = 0; member < 3; member++)
        {
            using var stream = Client.Lease(member).LeaseKeepAlive(cancellationToken: Limit);
            await stream.RequestStream.WriteAsync(new LeaseKeepAliveRequest { ID = granted.ID }, Limit);
            (await stream.ResponseStream.MoveNext(Limit)).Should().BeTrue();
            stream.ResponseStream.Current.TTL.Should().Be(600);

            var left = await Client.Lease(member).LeaseTimeToLiveAsync(
                new LeaseTimeToLiveRequest { ID = granted.ID }, cancellationToken: Limit);
            left.TTL.Should().BeInRange(500, 600);
        }

        await Client.Lease(2).LeaseRevokeAsync(new LeaseRevokeRequest { ID = granted.ID }, cancellationToken: Limit);
        var gone = await Client.Lease(1).LeaseTimeToLiveAsync(
            new LeaseTimeToLiveRequest { ID = granted.ID }, cancellationToken: Limit);
        gone.TTL.Should().Be(-1);
    }

    [Fact]
    public async Task A_watch_at_one_member_sees_writes_at_another_in_order()
    {
        using var watch = Client.Watch(2).Watch(cancellationToken: Limit);
        await watch.RequestStream.WriteAsync(
            new WatchRequest { CreateRequest = new WatchCreateRequest { Key = ByteString.CopyFromUtf8("key") } }, Limit);
        (await watch.ResponseStream.MoveNext(Limit)).Should().BeTrue();

        var seen = new List<string>();
        for (var number = 0; number < 9; number++)
        {
            await Client.PutAsync(number % 3, "key", number.ToString(CultureInfo.InvariantCulture), CallMax);
        }

        while (seen.Count < 9 && await watch.ResponseStream.MoveNext(Limit))
        {
            seen.AddRange(watch.ResponseStream.Current.Events.Select(change => change.Kv.Value.ToStringUtf8()));
        }

        seen.Should().Equal(Enumerable.Range(0, 9).Select(number => number.ToString(CultureInfo.InvariantCulture)));
    }

    [DebianFact("etcdctl")]
    public async Task Etcdctl_lists_the_members_and_their_state()
    {
        var etcdctl = ControlProgram.Etcdctl(Cluster);

        var listed = await etcdctl.RunAsync(Limit, "member", "list");
        listed.Should().HaveCount(3);
        foreach (var seat in Cluster.Seats)
        {
            listed.Should().ContainSingle(line => line.EndsWith(
                $", started, {seat.Name}, {seat.PeerUrl.OriginalString}, {seat.ClientUrl.OriginalString}, false",
                StringComparison.Ordinal));
        }

        var states = await etcdctl.At(Cluster.Members[1]).RunAsync(Limit, "endpoint", "status", "--cluster");
        states.Should().HaveCount(3);
        states.Count(line => line.Split(", ")[4] == "true").Should().Be(1, "one member leads");

        var health = await etcdctl.TryAsync(Limit, "endpoint", "health", "--cluster");
        health.ExitCode.Should().Be(0);
        (health.StandardOutput + health.StandardError).Split('\n')
            .Count(line => line.Contains("is healthy", StringComparison.Ordinal)).Should().Be(3);
    }

    [DebianFact("etcdctl")]
    public async Task Etcdctl_moves_the_leader()
    {
        var etcdctl = ControlProgram.Etcdctl(Cluster);
        var leader = await Client.FindLeaderAsync(Limit);
        var successor = await MemberIdOfAsync((leader + 1) % 3);

        var moved = await etcdctl.RunAsync(Limit, "move-leader", successor.ToString("x", CultureInfo.InvariantCulture));

        moved.Should().ContainSingle().Which.Should().StartWith("Leadership transferred from ");
        (await Client.FindLeaderAsync(Limit)).Should().Be((leader + 1) % 3);
    }

    [Fact]
    public async Task Leadership_moves_only_from_the_leader_and_to_a_member()
    {
        var leader = await Client.FindLeaderAsync(Limit);
        var follower = (leader + 1) % 3;
        var request = new MoveLeaderRequest { TargetID = await MemberIdOfAsync(follower) };

        var atFollower = () => Client.Maintenance(follower).MoveLeaderAsync(request, cancellationToken: Limit).ResponseAsync;
        var toStranger = () => Client.Maintenance(leader).MoveLeaderAsync(
            new MoveLeaderRequest { TargetID = 12345 }, cancellationToken: Limit).ResponseAsync;

        (await atFollower.Should().ThrowAsync<RpcException>()).Which.Status.Detail.Should().Be("etcdserver: not leader");
        (await toStranger.Should().ThrowAsync<RpcException>())
            .Which.Status.Detail.Should().Be("etcdserver: bad leader transferee");
    }

    [DebianFact("etcdctl")]
    public async Task Etcdctl_lists_and_disarms_alarms_and_defragments_every_member()
    {
        var etcdctl = ControlProgram.Etcdctl(Cluster);
        var follower = ((await Client.FindLeaderAsync(Limit)) + 1) % 3;
        await Client.Maintenance(follower).AlarmAsync(
            new AlarmRequest
            {
                Action = AlarmRequest.Types.AlarmAction.Activate,
                MemberID = await MemberIdOfAsync(follower),
                Alarm = AlarmType.Nospace,
            },
            cancellationToken: Limit);

        (await etcdctl.RunAsync(Limit, "alarm", "list")).Should().ContainSingle().Which.Should().Contain("alarm:NOSPACE");
        (await etcdctl.RunAsync(Limit, "alarm", "disarm")).Should().ContainSingle();
        (await etcdctl.RunAsync(Limit, "alarm", "list")).Should().BeEmpty();
        (await etcdctl.RunAsync(Limit, "defrag", "--cluster")).Should().HaveCount(3)
            .And.OnlyContain(line => line.StartsWith("Finished defragmenting etcd member", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_peer_port_tells_version_and_members_and_serves_no_client()
    {
        using var http = new HttpClient();
        var peer = Cluster.Seats[0].PeerUrl;

        (await http.GetStringAsync(new Uri(peer, "version"), Limit)).Should().Contain("etcdserver");
        var listed = await http.GetStringAsync(new Uri(peer, "members"), Limit);
        listed.Should().Contain("m1").And.Contain("m2").And.Contain("m3");

        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress(peer);
        var call = () => new KV.KVClient(channel).RangeAsync(
            new RangeRequest { Key = ByteString.CopyFromUtf8("key") }, cancellationToken: Limit).ResponseAsync;
        (await call.Should().ThrowAsync<RpcException>()).Which.StatusCode.Should().Be(StatusCode.Unimplemented);
    }

    [DebianFact("etcdctl")]
    public async Task Changes_that_make_no_sense_are_refused_in_etcds_words()
    {
        var etcdctl = ControlProgram.Etcdctl(Cluster);

        var unknown = await etcdctl.TryAsync(Limit, "member", "remove", "1234");
        var taken = await etcdctl.TryAsync(
            Limit, "member", "add", "twin", $"--peer-urls={Cluster.Seats[0].PeerUrl.OriginalString}");

        unknown.StandardError.Should().Contain("etcdserver: member not found");
        taken.StandardError.Should().Contain("etcdserver: Peer URLs already exists");
    }

    private async Task<ulong> MemberIdOfAsync(int member) =>
        (await Client.Maintenance(member).StatusAsync(new StatusRequest(), cancellationToken: Limit)).Header.MemberId;
}
