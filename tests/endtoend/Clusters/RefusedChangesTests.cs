using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>Changes of the members that would put the cluster at risk are refused, in etcd's words.</summary>
[Trait("Category", "Long")]
public sealed class RefusedChangesTests()
    : OnThreeMembers(TimeSpan.FromMinutes(5), "--heartbeat-interval", "250", "--election-timeout", "2500")
{
    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(30);

    [DebianFact("etcdctl")]
    public async Task A_second_learner_is_one_too_many_and_one_that_lacks_the_data_is_not_promoted()
    {
        var etcdctl = ControlProgram.Etcdctl(Cluster);
        var seats = ClusterSeat.Take(["learner", "second"]);
        var learner = IdIn(await etcdctl.AddAsync(seats[0], Limit, "--learner"));

        var second = await AddAsync(etcdctl, seats[1], "--learner");
        var early = await etcdctl.TryAsync(Limit, "member", "promote", learner);

        second.Should().Contain("etcdserver: too many learner members in cluster");
        early.ExitCode.Should().Be(1);
        early.StandardError.Should().Contain("etcdserver: can only promote a learner member which is in sync with leader");
        var listed = await etcdctl.RunAsync(Limit, "member", "list");
        listed.Should().HaveCount(4);
        listed.Should().ContainSingle(line => line.EndsWith(", true", StringComparison.Ordinal))
            .Which.Should().StartWith($"{learner}, unstarted, ");
    }

    [DebianFact("etcdctl")]
    public async Task With_one_of_three_away_none_is_added_and_only_that_one_may_be_removed()
    {
        var leader = await Client.FindLeaderAsync(Limit);
        var (away, stays) = ((leader + 1) % 3, (leader + 2) % 3);
        var etcdctl = ControlProgram.Etcdctl(Cluster).At(Cluster.Members[leader]);
        await HaveBeenConnectedAsync(etcdctl);
        var ids = await IdsAsync(etcdctl);
        var log = Cluster.Members[leader].Process.Log;
        var before = log.Lines.ToHashSet();
        await Cluster.Members[away].KillAsync();
        await log.WaitForAsync(
            line => !before.Contains(line) && line.Contains($"The member {ids[away]} at ", StringComparison.Ordinal)
                && line.Contains(" takes no messages: ", StringComparison.Ordinal),
            Limit);

        var added = await AddAsync(etcdctl, ClusterSeat.Take(["fresh"])[0]);
        var removed = await etcdctl.TryAsync(Limit, "member", "remove", ids[stays]);

        added.Should().Contain("etcdserver: unhealthy cluster");
        removed.ExitCode.Should().Be(1);
        removed.StandardError.Should().Contain("etcdserver: unhealthy cluster");
        await etcdctl.RunAsync(Limit, "member", "remove", ids[away]);
        (await IdsAsync(etcdctl)).Should().BeEquivalentTo(ids[leader], ids[stays]);
        await Client.PutAsync(stays, "key", "value", CallMax);
        (await Client.GetAsync(leader, "key", CallMax)).Should().Be("value");
    }

    // What etcdctl says of a member that was added: "Member 3d80b4d4e4b1e3b3 added to cluster ...".
    private static string IdIn(IReadOnlyList<string> added) => added[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];

    private async Task<string> AddAsync(ControlProgram etcdctl, ClusterSeat seat, params string[] flags)
    {
        var ended = await etcdctl.TryAsync(
            Limit, ["member", "add", seat.Name, $"--peer-urls={seat.PeerUrl.OriginalString}", .. flags]);
        ended.ExitCode.Should().Be(1);
        return ended.StandardError;
    }

    // A fourth one may be added when all three have been connected for as long as is asked for.
    private async Task HaveBeenConnectedAsync(ControlProgram etcdctl)
    {
        var probe = IdIn(await etcdctl.AddAsync(ClusterSeat.Take(["probe"])[0], Limit, "--learner"));
        await etcdctl.RunAsync(Limit, "member", "remove", probe);
    }

    // In the order of the members.
    private async Task<IReadOnlyList<string>> IdsAsync(ControlProgram etcdctl) =>
        [.. (await etcdctl.RunAsync(Limit, "member", "list"))
            .OrderBy(line => line.Split(", ")[2], StringComparer.Ordinal)
            .Select(line => line.Split(',')[0])];
}
