using System.Diagnostics;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>Members that would miss a leader for ten seconds before they elect another one.</summary>
[Trait("Category", "Long")]
public sealed class GracefulStopTests()
    : OnThreeMembers(TimeSpan.FromMinutes(5), "--heartbeat-interval", "1000", "--election-timeout", "10000")
{
    private static readonly TimeSpan ElectionTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_leader_that_stops_hands_leadership_over_before_it_is_missed()
    {
        var leader = await Client.FindLeaderAsync(Limit);
        var follower = (leader + 1) % 3;
        await Client.PutAsync(follower, "key", "before", CallMax);

        var began = Stopwatch.GetTimestamp();
        var stop = Cluster.Members[leader].StopAsync(Limit);
        using var others = new ClusterClient(Cluster.Members.Where((_, member) => member != leader));
        var successor = await others.FindLeaderAsync(Limit);
        await RetryAsync(() => Client.PutAsync(follower, "key", "after", CallMax));
        var took = Stopwatch.GetElapsedTime(began);

        (await stop).Should().Be(0);
        took.Should().BeLessThan(ElectionTimeout, "nobody waited until the leader was missed");
        var id = (await others.Maintenance(successor).StatusAsync(new(), cancellationToken: Limit)).Header.MemberId;
        Cluster.Members[leader].Process.Log.Lines.Where(line => line.Contains(
            $"Handing leadership over before the end: Done; the leader is now {id:x}.", StringComparison.Ordinal))
            .Should().ContainSingle();
        (await Client.GetAsync(follower, "key", CallMax)).Should().Be("after");
    }
}
