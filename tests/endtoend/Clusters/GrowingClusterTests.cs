using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>A cluster that begins with one member.</summary>
[Trait("Category", "Long")]
public sealed class GrowingClusterTests
{
    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(30);

    private CancellationToken Limit { get; } = Deadline.In(TimeSpan.FromMinutes(5));

    [DebianFact("etcdctl")]
    public async Task A_cluster_that_grew_from_one_member_starts_again()
    {
        await using var cluster = await StoreCluster.StartAsync(StoreProgram.Ours, size: 1, Limit);
        var etcdctl = ControlProgram.Etcdctl(cluster);
        var first = cluster.Members[0];
        var seat = ClusterSeat.Take(["second"])[0];
        await etcdctl.AddAsync(seat, Limit);
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

    [Fact]
    public async Task Members_are_found_by_where_their_peer_urls_lead_however_that_is_written()
    {
        var seats = ClusterSeat.Take(["m1", "m2"]);
        var named = seats.Select(seat => seat with { PeerUrl = new Uri($"http://localhost:{seat.PeerUrl.Port}") }).ToList();
        await using var cluster = await StoreCluster.StartAsync(
            StoreProgram.Ours, [seats[0]], Limit, "--initial-cluster", named[0].Entry);
        var storectl = ControlProgram.Storectl(cluster);
        await storectl.AddAsync(named[1], Limit);

        await cluster.JoinAsync(
            seats[1],
            Limit,
            "--initial-cluster", $"{seats[0].Entry},{seats[1].Entry}",
            "--initial-cluster-state", "existing");

        var members = await storectl.RunAsync(Limit, "member", "list");
        members.Should().HaveCount(2);
        members.Should().OnlyContain(member => member.Contains(", started, ", StringComparison.Ordinal)
            && member.Contains(", http://localhost:", StringComparison.Ordinal));
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
}
