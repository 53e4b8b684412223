using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>A member that is away while the others change, without the checks that keep an operator from it.</summary>
[Trait("Category", "Long")]
public sealed class ExchangedMembersTests() : OnThreeMembers(TimeSpan.FromMinutes(5), "--strict-reconfig-check=false")
{
    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(30);

    // The one that was away has never heard of the fresh member, which has the only log that is whole.
    [DebianFact("etcdctl")]
    public async Task A_member_that_was_away_makes_a_majority_with_one_that_it_does_not_know()
    {
        var leader = await Client.FindLeaderAsync(Limit);
        var (away, stays) = ((leader + 1) % 3, (leader + 2) % 3);
        var etcdctl = ControlProgram.Etcdctl(Cluster).At(Cluster.Members[stays]);
        var leaderId = (await etcdctl.RunAsync(Limit, "member", "list"))
            .Single(line => line.Contains($" {Cluster.Seats[leader].Name},", StringComparison.Ordinal)).Split(',')[0];
        await Cluster.Members[away].KillAsync();

        var seat = ClusterSeat.Take(["fresh"])[0];
        var added = await etcdctl.AddAsync(seat, Limit, "--learner");
        var fresh = await Cluster.JoinLearnerAsync(
            seat,
            Limit,
            "--initial-cluster", $"{Cluster.InitialCluster},{seat.Entry}",
            "--initial-cluster-state", "existing");
        await etcdctl.InsistAsync(Limit, "member", "promote", added[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
        await etcdctl.InsistAsync(Limit, "member", "remove", leaderId);
        using var client = new ClusterClient([fresh]);
        await RetryAsync(() => client.PutAsync(0, "key", "before", CallMax));
        await Cluster.Members[stays].KillAsync();
        await Cluster.Members[away].StartAgainAsync(Limit);

        await RetryAsync(() => client.PutAsync(0, "key", "after", CallMax));
        (await RetryAsync(() => Client.GetAsync(away, "key", CallMax))).Should().Be("after");
    }
}
