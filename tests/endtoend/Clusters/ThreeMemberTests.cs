using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Sync.Etcd.Api;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>Three members that nothing disturbs; Debian's etcdctl manages them unchanged.</summary>
public sealed class ThreeMemberTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(30);

    private readonly CancellationToken _limit = Deadline.In(Limit);
    private StoreCluster _cluster = null!;
    private ClusterClient _client = null!;

    public async Task InitializeAsync()
    {
        _cluster = await StoreCluster.StartAsync(StoreProgram.Ours, size: 3, _limit);
        _client = new ClusterClient(_cluster.Members);
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    public void Dispose() => _client?.Dispose();

    [Fact]
    public async Task Every_member_writes_and_reads_what_the_others_wrote()
    {
        for (var writer = 0; writer < 3; writer++)
        {
            await _client.PutAsync(writer, "key", $"by {writer}", CallMax);

            for (var reader = 0; reader < 3; reader++)
            {
                (await _client.GetAsync(reader, "key", CallMax)).Should().Be($"by {writer}");
            }
        }
    }

    [Fact]
    public async Task A_lease_is_granted_renewed_and_revoked_at_any_member()
    {
        var granted = await _client.Lease(0).LeaseGrantAsync(
            new LeaseGrantRequest { TTL = 600 }, cancellationToken: _limit);
        for (var member = 0; member < 3; member++)
        {
            using var stream = _client.Lease(member).LeaseKeepAlive(cancellationToken: _limit);
            await stream.RequestStream.WriteAsync(new LeaseKeepAliveRequest { ID = granted.ID }, _limit);
            (await stream.ResponseStream.MoveNext(_limit)).Should().BeTrue();
            stream.ResponseStream.Current.TTL.Should().Be(600);

            var left = await _client.Lease(member).LeaseTimeToLiveAsync(
                new LeaseTimeToLiveRequest { ID = granted.ID }, cancellationToken: _limit);
            left.TTL.Should().BeInRange(500, 600);
        }

        await _client.Lease(2).LeaseRevokeAsync(new LeaseRevokeRequest { ID = granted.ID }, cancellationToken: _limit);
        var gone = await _client.Lease(1).LeaseTimeToLiveAsync(
            new LeaseTimeToLiveRequest { ID = granted.ID }, cancellationToken: _limit);
        gone.TTL.Should().Be(-1);
    }

    [Fact]
    public async Task A_watch_at_one_member_sees_writes_at_another_in_order()
    {
        using var watch = _client.Watch(2).Watch(cancellationToken: _limit);
        await watch.RequestStream.WriteAsync(
            new WatchRequest { CreateRequest = new WatchCreateRequest { Key = ByteString.CopyFromUtf8("key") } }, _limit);
        (await watch.ResponseStream.MoveNext(_limit)).Should().BeTrue();

        var seen = new List<string>();
        for (var number = 0; number < 9; number++)
        {
            await _client.PutAsync(number % 3, "key", number.ToString(CultureInfo.InvariantCulture), CallMax);
        }

        while (seen.Count < 9 && await watch.ResponseStream.MoveNext(_limit))
        {
            seen.AddRange(watch.ResponseStream.Current.Events.Select(change => change.Kv.Value.ToStringUtf8()));
        }

        seen.Should().Equal(Enumerable.Range(0, 9).Select(number => number.ToString(CultureInfo.InvariantCulture)));
    }

    [DebianFact("etcdctl")]
    public async Task Etcdctl_lists_the_members_and_their_state()
    {
        var etcdctl = ControlProgram.Etcdctl(_cluster);

        var members = await etcdctl.RunAsync(_limit, "member", "list");
        members.Should().HaveCount(3);
        foreach (var seat in _cluster.Seats)
        {
            members.Should().ContainSingle(line => line.EndsWith(
                $", started, {seat.Name}, {seat.PeerUrl.OriginalString}, {seat.ClientUrl.OriginalString}, false",
                StringComparison.Ordinal));
        }

        var states = await etcdctl.At(_cluster.Members[1]).RunAsync(_limit, "endpoint", "status", "--cluster");
        states.Should().HaveCount(3);
        states.Count(line => line.Split(", ")[4] == "true").Should().Be(1, "one member leads");

        var health = await etcdctl.TryAsync(_limit, "endpoint", "health", "--cluster");
        health.ExitCode.Should().Be(0);
        (health.StandardOutput + health.StandardError).Split('\n')
            .Count(line => line.Contains("is healthy", StringComparison.Ordinal)).Should().Be(3);
    }

    [DebianFact("etcdctl")]
    public async Task Etcdctl_moves_the_leader()
    {
        var etcdctl = ControlProgram.Etcdctl(_cluster);
        var leader = await _client.FindLeaderAsync(_limit);
        var successor = await MemberIdOfAsync((leader + 1) % 3);

        var moved = await etcdctl.RunAsync(_limit, "move-leader", successor.ToString("x", CultureInfo.InvariantCulture));

        moved.Should().ContainSingle().Which.Should().StartWith("Leadership transferred from ");
        (await _client.FindLeaderAsync(_limit)).Should().Be((leader + 1) % 3);
    }

    [Fact]
    public async Task Leadership_moves_only_from_the_leader_and_to_a_member()
    {
        var leader = await _client.FindLeaderAsync(_limit);
        var follower = (leader + 1) % 3;
        var request = new MoveLeaderRequest { TargetID = await MemberIdOfAsync(follower) };

        var atFollower = () => _client.Maintenance(follower).MoveLeaderAsync(request, cancellationToken: _limit).ResponseAsync;
        var toStranger = () => _client.Maintenance(leader).MoveLeaderAsync(
            new MoveLeaderRequest { TargetID = 12345 }, cancellationToken: _limit).ResponseAsync;

        (await atFollower.Should().ThrowAsync<RpcException>()).Which.Status.Detail.Should().Be("etcdserver: not leader");
        (await toStranger.Should().ThrowAsync<RpcException>())
            .Which.Status.Detail.Should().Be("etcdserver: bad leader transferee");
    }

    [DebianFact("etcdctl")]
    public async Task Etcdctl_lists_and_disarms_alarms_and_defragments_every_member()
    {
        var etcdctl = ControlProgram.Etcdctl(_cluster);
        var follower = ((await _client.FindLeaderAsync(_limit)) + 1) % 3;
        await _client.Maintenance(follower).AlarmAsync(
            new AlarmRequest
            {
                Action = AlarmRequest.Types.AlarmAction.Activate,
                MemberID = await MemberIdOfAsync(follower),
                Alarm = AlarmType.Nospace,
            },
            cancellationToken: _limit);

        (await etcdctl.RunAsync(_limit, "alarm", "list")).Should().ContainSingle().Which.Should().Contain("alarm:NOSPACE");
        (await etcdctl.RunAsync(_limit, "alarm", "disarm")).Should().ContainSingle();
        (await etcdctl.RunAsync(_limit, "alarm", "list")).Should().BeEmpty();
        (await etcdctl.RunAsync(_limit, "defrag", "--cluster")).Should().HaveCount(3)
            .And.OnlyContain(line => line.StartsWith("Finished defragmenting etcd member", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_peer_port_tells_version_and_members_and_serves_no_client()
    {
        using var http = new HttpClient();
        var peer = _cluster.Seats[0].PeerUrl;

        (await http.GetStringAsync(new Uri(peer, "version"), _limit)).Should().Contain("etcdserver");
        var members = await http.GetStringAsync(new Uri(peer, "members"), _limit);
        members.Should().Contain("m1").And.Contain("m2").And.Contain("m3");

        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress(peer);
        var call = () => new KV.KVClient(channel).RangeAsync(
            new RangeRequest { Key = ByteString.CopyFromUtf8("key") }, cancellationToken: _limit).ResponseAsync;
        (await call.Should().ThrowAsync<RpcException>()).Which.StatusCode.Should().Be(StatusCode.Unimplemented);
    }

    private async Task<ulong> MemberIdOfAsync(int member) =>
        (await _client.Maintenance(member).StatusAsync(new StatusRequest(), cancellationToken: _limit)).Header.MemberId;
}
