using System.Text.Json;
using Sync.EndToEnd.Tests.Programs;
using Sync.Etcd.Api;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>The version that a cluster goes by: it rises with all members, and falls by a downgrade alone.</summary>
[Trait("Category", "Long")]
public sealed class DowngradeTests() : OnThreeMembers(TimeSpan.FromMinutes(5))
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task A_cluster_goes_down_one_minor_version_member_by_member_and_up_again()
    {
        var storectl = ControlProgram.Storectl(Cluster);
        await AllGoByAsync("3.6.0");
        (await storectl.TryAsync(Limit, "downgrade", "validate", "3.4")).StandardError
            .Should().Contain("etcdserver: invalid downgrade target version");
        (await storectl.TryAsync(Limit, "downgrade", "validate", "five")).StandardError
            .Should().Contain("etcdserver: wrong downgrade target version format");
        (await storectl.RunAsync(Limit, "downgrade", "validate", "3.5"))
            .Should().Equal("Downgrade validate success, cluster version 3.6.0");

        (await storectl.RunAsync(Limit, "downgrade", "enable", "3.5.0"))
            .Should().Equal("Downgrade enable success, cluster version 3.6.0");

        (await storectl.TryAsync(Limit, "downgrade", "enable", "3.4")).StandardError
            .Should().Contain("etcdserver: cluster has a downgrade job in progress");
        await AllGoByAsync("3.5.0");
        for (var member = 0; member < 3; member++)
        {
            (await DowngradeOfAsync(member)).Should().Be(new DowngradeInfo { Enabled = true, TargetVersion = "3.5.0" });
            await RestartAsync(member, "--etcd-version", "3.5.21");
        }

        await NobodyDowngradesAsync();
        await AllGoByAsync("3.5.0");

        for (var member = 0; member < 3; member++)
        {
            await RestartAsync(member);
        }

        await AllGoByAsync("3.6.0");
    }

    [Fact]
    public async Task A_member_of_a_lower_version_is_refused_until_a_downgrade_begins()
    {
        var storectl = ControlProgram.Storectl(Cluster);
        await AllGoByAsync("3.6.0");
        await Cluster.Members[2].StopAsync(Limit);

        var early = await EndAsync("--etcd-version", "3.5.21");

        early.Should().BeFailure(
            naming: "invalid downgrade; server version is lower than determined cluster version: --etcd-version is 3.5.21");
        await storectl.InsistAsync(Limit, "downgrade", "enable", "3.5");
        await AllGoByAsync("3.5.0", Cluster.Seats.Take(2));
        await Cluster.Members[2].StartAgainAsync(Limit, "--etcd-version", "3.5.21");
        await AllGoByAsync("3.5.0");
    }

    // What it holds says 3.6, and those who could tell it otherwise tell a lower version themselves.
    [Fact]
    public async Task A_member_that_was_away_while_the_others_went_down_comes_back()
    {
        var storectl = ControlProgram.Storectl(Cluster);
        await AllGoByAsync("3.6.0");
        (await Cluster.Members[2].StopAsync(Limit)).Should().Be(0);
        await storectl.InsistAsync(Limit, "downgrade", "enable", "3.5");
        await AllGoByAsync("3.5.0", Cluster.Seats.Take(2));
        await RestartAsync(0, "--etcd-version", "3.5.21");
        await RestartAsync(1, "--etcd-version", "3.5.21");

        await Cluster.Members[2].StartAgainAsync(Limit, "--etcd-version", "3.5.21");

        await NobodyDowngradesAsync();
        await AllGoByAsync("3.5.0");
    }

    [Fact]
    public async Task A_downgrade_that_is_given_up_leaves_the_version_as_it_was()
    {
        var storectl = ControlProgram.Storectl(Cluster);
        await AllGoByAsync("3.6.0");
        (await storectl.RunAsync(Limit, "downgrade", "enable", "3.5")).Should().ContainSingle();

        (await storectl.RunAsync(Limit, "downgrade", "cancel"))
            .Should().Equal("Downgrade cancel success, cluster version 3.5.0");

        await NobodyDowngradesAsync();
        await AllGoByAsync("3.6.0");
        (await storectl.RunAsync(Limit, "downgrade", "cancel"))
            .Should().Equal("Downgrade cancel success, cluster version 3.6.0");
    }

    private async Task<DowngradeInfo> DowngradeOfAsync(int member) =>
        (await Client.Maintenance(member).StatusAsync(new StatusRequest(), cancellationToken: Limit)).DowngradeInfo;

    private async Task RestartAsync(int member, params string[] flags)
    {
        (await Cluster.Members[member].StopAsync(Limit)).Should().Be(0);
        await Cluster.Members[member].StartAgainAsync(Limit, flags);
    }

    private Task<EndedProgram> EndAsync(params string[] flags) => EndedProgram.OfMemberAsync(
        Cluster.Seats[2],
        Cluster.Members[2].DataDirectory,
        ["--initial-cluster", Cluster.InitialCluster, .. flags],
        Limit);

    // A member tells its version when it has a leader, and a follower applies what was told a moment after that.
    private Task AllGoByAsync(string version) => AllGoByAsync(version, Cluster.Seats);

    private async Task AllGoByAsync(string version, IEnumerable<ClusterSeat> seats)
    {
        using var http = new HttpClient();
        using var timer = new PeriodicTimer(LookInterval);
        foreach (var seat in seats)
        {
            while (await VersionAtAsync(http, seat) != version)
            {
                await timer.WaitForNextTickAsync(Limit);
            }
        }
    }

    private async Task<string?> VersionAtAsync(HttpClient http, ClusterSeat seat)
    {
        using var told = JsonDocument.Parse(await http.GetStringAsync(new Uri(seat.ClientUrl, "version"), Limit));
        return told.RootElement.GetProperty("etcdcluster").GetString();
    }

    private async Task NobodyDowngradesAsync()
    {
        using var timer = new PeriodicTimer(LookInterval);
        for (var member = 0; member < 3; member++)
        {
            while ((await RetryAsync(() => DowngradeOfAsync(member))).Enabled)
            {
                await timer.WaitForNextTickAsync(Limit);
            }
        }
    }
}
