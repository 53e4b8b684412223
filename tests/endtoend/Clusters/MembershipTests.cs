using System.Globalization;
using Grpc.Core;
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
        var lostId = (await etcdctl.At(Cluster.Members[survivor]).RunAsync(Limit, "member", "list"))
            .Single(line => line.Contains($" {Cluster.Seats[lost].Name},", StringComparison.Ordinal)).Split(',')[0];

        await etcdctl.At(Cluster.Members[survivor]).RunAsync(Limit, "member", "remove", lostId);
        var seat = ClusterSeat.Take(["fresh"])[0];
        await AddAsync(etcdctl.At(Cluster.Members[survivor]), seat);
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
        var id = (await etcdctl.RunAsync(Limit, "member", "list"))
            .Single(line => line.Contains($" {Cluster.Seats[removed].Name},", StringComparison.Ordinal)).Split(',')[0];

        await EventuallyAsync(() => etcdctl.At(Cluster.Members[(removed + 1) % 3]).TryAsync(Limit, "member", "remove", id));

        (await member.Process.ExitCodeAsync(Limit)).Should().Be(1);
        member.Process.Log.Tail(count: 20).Should().Contain("the member has been permanently removed from the cluster");
        var again = () => member.StartAgainAsync(Limit);
        (await again.Should().ThrowAsync<ServerProcessException>())
            .Which.Message.Should().Contain("the member has been permanently removed from the cluster");
    }

    [DebianFact("etcdctl")]
    public async Task A_learner_has_no_vote_and_few_calls_until_it_is_promoted()
    {
        var etcdctl = ControlProgram.Etcdctl(Cluster);
        await Client.PutAsync(0, "key", "value", CallMax);
        var seat = ClusterSeat.Take(["learner"])[0];
        var added = await AddAsync(etcdctl, seat, "--learner");
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
        await EventuallyAsync(() => etcdctl.TryAsync(Limit, "member", "promote", id));

        (await ReadAtPromotedAsync(client)).Should().Be("value");
        var again = await etcdctl.TryAsync(Limit, "member", "promote", id);
        again.ExitCode.Should().Be(1);
        again.StandardError.Should().Contain("etcdserver: can only promote a learner member");
    }

    [DebianFact("etcdctl")]
    public async Task A_cluster_that_grew_from_one_member_starts_again()
    {
        await using var cluster = await StoreCluster.StartAsync(StoreProgram.Ours, size: 1, Limit);
        var etcdctl = ControlProgram.Etcdctl(cluster);
        var first = cluster.Members[0];
        var seat = ClusterSeat.Take(["second"])[0];
        await AddAsync(etcdctl, seat);
        var second = await cluster.JoinAsync(
            seat,
            Limit,
            "--initial-cluster", $"{cluster.InitialCluster},{seat.Entry}",
            "--initial-cluster-state", "existing");
        using var client = new ClusterClient([first, second]);
        await client.PutAsync(0, "key", "value", CallMax);

        await first.KillAsync();
        await first.StartAgainAsync(Limit);
        (await client.GetAsync(0, "key", CallMax)).Should().Be("value");

        await Task.WhenAll(first.KillAsync(), second.KillAsync());
        await Task.WhenAll(first.StartAgainAsync(Limit), second.StartAgainAsync(Limit));
        (await client.GetAsync(1, "key", CallMax)).Should().Be("value");
    }

    [DebianFact("etcdctl")]
    public async Task Two_members_that_are_added_at_once_are_judged_one_after_the_other()
    {
        await using var cluster = await StoreCluster.StartAsync(StoreProgram.Ours, size: 1, Limit);
        var etcdctl = ControlProgram.Etcdctl(cluster);

        var answers = await Task.WhenAll(ClusterSeat.Take(["second", "third"]).Select(seat =>
            etcdctl.TryAsync(Limit, "member", "add", seat.Name, $"--peer-urls={seat.PeerUrl.OriginalString}")));

        answers.Should().ContainSingle(answer => answer.ExitCode == 0);
        answers.Single(answer => answer.ExitCode != 0).StandardError.Should().MatchRegex(
            "not enough started|unhealthy cluster|no leader|timed out");
        (await etcdctl.RunAsync(Limit, "member", "list")).Should().HaveCount(2);
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

    // Members must have been connected for five seconds before one is added.
    private async Task<IReadOnlyList<string>> AddAsync(ControlProgram etcdctl, ClusterSeat seat, params string[] flags)
    {
        var result = await EventuallyAsync(() => etcdctl.TryAsync(
            Limit, ["member", "add", seat.Name, $"--peer-urls={seat.PeerUrl.OriginalString}", .. flags]));
        return result.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private async Task<CliWrap.Buffered.BufferedCommandResult> EventuallyAsync(
        Func<Task<CliWrap.Buffered.BufferedCommandResult>> attempt)
    {
        using var timer = new PeriodicTimer(LookInterval);
        while (true)
        {
            var result = await attempt();
            if (result.ExitCode == 0)
            {
                return result;
            }

            result.StandardError.Should().MatchRegex("unhealthy cluster|in sync with leader|not enough started|timed out");
            await timer.WaitForNextTickAsync(Limit);
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
