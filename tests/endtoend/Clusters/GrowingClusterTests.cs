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
