using System.Globalization;
using Grpc.Core;
using Sync.EndToEnd.Tests.Programs;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>Members come and go while the cluster serves; etcdctl asks for it.</summary>
public sealed class MembershipTests()
    : OnThreeMembers(TimeSpan.FromMinutes(5), "--corrupt-check-time", "1s")
{
    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    [DebianFact("etcdctl")]
    public async Task A_member_whose_disk_is_lost_is_replaced_while_writes_go_on()
    {
        using var stop = new CancellationTokenSource();
        var etcdctl = ControlProgram.Etcdctl(Cluster);
        var lost = ((await Client.FindLeaderAsync(Limit)) + 1) % 3;
        var survivor = (lost + 1) % 3;
        var load = WriteUntilAsync(survivor, stop.Token);
        await Cluster.Members[lost].KillAsync();
        var lostId = (await MemberLineAsync(etcdctl.At(Cluster.Members[survivor]), Cluster.Seats[lost].Name)).Split(',')[0];

        await etcdctl.At(Cluster.Members[survivor]).RunAsync(Limit, "member", "remove", lostId);
        var seat = ClusterSeat.Take(["fresh"])[0];
        await etcdctl.At(Cluster.Members[survivor]).AddAsync(seat, Limit);
        var seats = Cluster.Seats.Where((_, number) => number != lost).Append(seat);
        var fresh = await Cluster.JoinAsync(
            seat,
            Limit,
            "--initial-cluster", string.Join(',', seats.Select(each => each.Entry)),
            "--initial-cluster-state", "existing",
            "--corrupt-check-time", "1s");

        await stop.CancelAsync();
        var written = await load;
        using var client = new ClusterClient([fresh]);
        (await client.GetAsync(0, "load", CallMax)).Should().Be(written.ToString(CultureInfo.InvariantCulture));
        (await etcdctl.At(fresh).RunAsync(Limit, "member", "list")).Should().HaveCount(3)
            .And.OnlyContain(line => line.Contains(", started, ", StringComparison.Ordinal));
        (await etcdctl.At(fresh).RunAsync(Limit, "alarm", "list")).Should().BeEmpty("the members' data is equal");
    }

    [DebianFact("etcdctl")]
    public async Task A_removed_member_stops_with_a_sentence_and_does_not_start_again()
    {
        var etcdctl = ControlProgram.Etcdctl(Cluster);
        var removed = ((await Client.FindLeaderAsync(Limit)) + 1) % 3;
        var member = Cluster.Members[removed];
        var id = (await MemberLineAsync(etcdctl, Cluster.Seats[removed].Name)).Split(',')[0];

        await etcdctl.At(Cluster.Members[(removed + 1) % 3]).InsistAsync(Limit, "member", "remove", id);

        (await member.Process.ExitCodeAsync(Limit)).Should().Be(1);
        member.Process.Log.Tail(count: 20).Should().Contain("the member has been permanently removed from the cluster");
        var again = () => member.StartAgainAsync(Limit);
        (await again.Should().ThrowAsync<ServerProcessException>())
            .Which.Message.Should().Contain("the member has been permanently removed from the cluster");
    }

    [DebianFact("etcdctl")]
    [Trait("Category", "Long")]
    public async Task A_follower_moves_to_another_address()
    {
        var moved = ((await Client.FindLeaderAsync(Limit)) + 1) % 3;
        var seat = Cluster.Seats[moved];
        var there = seat with { PeerUrl = ClusterSeat.Take(["there"])[0].PeerUrl };
        var etcdctl = ControlProgram.Etcdctl(Cluster).At(Cluster.Members[(moved + 1) % 3]);
        var id = (await MemberLineAsync(etcdctl, seat.Name)).Split(',')[0];

        var updated = await etcdctl.RunAsync(Limit, "member", "update", id, $"--peer-urls={there.PeerUrl.OriginalString}");
        (await Cluster.Members[moved].StopAsync(Limit)).Should().Be(0);
        var seats = Cluster.Seats.Select(each => each == seat ? there : each);
        await using var member = await StoreServer.StartMemberAsync(
            StoreProgram.Ours,
            there,
            Cluster.DataDirectoryOf(seat),
            ["--initial-cluster", string.Join(',', seats.Select(each => each.Entry))],
            Limit);
        using var client = new ClusterClient([member]);

        updated.Should().ContainSingle().Which.Should().StartWith($"Member {id} updated in cluster");
        await RetryAsync(() => client.PutAsync(0, "key", "from there", CallMax));
        (await RetryAsync(() => Client.GetAsync((moved + 1) % 3, "key", CallMax))).Should().Be("from there");
        (await MemberLineAsync(etcdctl, seat.Name)).Should().Be(
            $"{id}, started, {seat.Name}, {there.PeerUrl.OriginalString}, {seat.ClientUrl.OriginalString}, false");
    }

    [DebianFact("etcdctl")]
    [Trait("Category", "Long")]
    public async Task A_member_that_was_added_and_calls_itself_like_another_is_told_whose_name_it_is()
    {
        var etcdctl = ControlProgram.Etcdctl(Cluster);
        var seat = ClusterSeat.Take(["m1"])[0];
        await etcdctl.AddAsync(seat with { Name = "fresh" }, Limit);
        var others = Cluster.Seats.Select(each => (each with { Name = $"the-running-{each.Name}" }).Entry);

        var ended = await EndedProgram.OfMemberAsync(
            seat,
            Cluster.DataDirectoryOf(seat with { Name = "fresh" }),
            ["--initial-cluster", string.Join(',', others.Append(seat.Entry)), "--initial-cluster-state", "existing"],
            Limit);

        var id = (await MemberLineAsync(etcdctl, "m1")).Split(',')[0];
        ended.Should().BeFailure(
            naming: $"The name \"m1\" belongs to the member {id} at {Cluster.Seats[0].PeerUrl.OriginalString} already");
    }

    [DebianFact("etcdctl")]
    public async Task A_learner_has_no_vote_and_few_calls_until_it_is_promoted()
    {
        var etcdctl = ControlProgram.Etcdctl(Cluster);
        await Client.PutAsync(0, "key", "value", CallMax);
        var seat = ClusterSeat.Take(["learner"])[0];
        var added = await etcdctl.AddAsync(seat, Limit, "--learner");
        var id = added[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        var learner = await Cluster.JoinLearnerAsync(
            seat,
            Limit,
            "--initial-cluster", $"{Cluster.InitialCluster},{seat.Entry}",
            "--initial-cluster-state", "existing");
        using var client = new ClusterClient([learner]);

        var linearizable = () => client.GetAsync(0, "key", CallMax);
        (await linearizable.Should().ThrowAsync<RpcException>())
            .Which.Status.Detail.Should().Be("etcdserver: rpc not supported for learner");
        await etcdctl.InsistAsync(Limit, "member", "promote", id);

        (await ReadAtPromotedAsync(client)).Should().Be("value");
        var again = await etcdctl.TryAsync(Limit, "member", "promote", id);
        again.ExitCode.Should().Be(1);
        again.StandardError.Should().Contain("etcdserver: can only promote a learner member");
    }

    private async Task<string> MemberLineAsync(ControlProgram etcdctl, string name) =>
        (await etcdctl.RunAsync(Limit, "member", "list"))
            .Single(line => line.Contains($" {name},", StringComparison.Ordinal));

    // The leader answers when a majority of voters holds the promotion; the member itself hears of it a heartbeat later.
    private async Task<string?> ReadAtPromotedAsync(ClusterClient client)
    {
        using var timer = new PeriodicTimer(LookInterval);
        while (true)
        {
            try
            {
                return await client.GetAsync(0, "key", CallMax);
            }
            catch (RpcException failure) when (failure.Status.Detail == "etcdserver: rpc not supported for learner")
            {
                await timer.WaitForNextTickAsync(Limit);
            }
        }
    }

    private async Task<int> WriteUntilAsync(int member, CancellationToken stop)
    {
        var written = 0;
        while (!stop.IsCancellationRequested)
        {
            var value = (written + 1).ToString(CultureInfo.InvariantCulture);
            await RetryAsync(() => Client.PutAsync(member, "load", value, CallMax));
            written++;
        }

        return written;
    }
}
