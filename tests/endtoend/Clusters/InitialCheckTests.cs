using System.Globalization;
using System.Text.RegularExpressions;
using Sync.EndToEnd.Tests.Programs;
using Sync.Etcd.Api;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>
/// Members that compare their data with that of the others before they serve, as kubeadm has it. Nothing else compares.
/// </summary>
public sealed partial class InitialCheckTests() : OnThreeMembers(
    TimeSpan.FromMinutes(4),
    "--experimental-initial-corrupt-check=true", "--corrupt-check-time", "0s", "--snapshot-count", "10")
{
    private const int Third = 2;
    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_member_whose_data_differs_does_not_start_and_says_why()
    {
        await CheckpointedKey.PutAsync(Client, Third, Cluster.Members[Third], "key", "value", Limit);
        var third = (await StatusAsync(Third)).Header.MemberId;
        (await Cluster.Members[Third].StopAsync(Limit)).Should().Be(0);
        AlteredValue.Write(Cluster.Members[Third].DataDirectory, "key", "other");

        var ended = await StartThirdAsync("--feature-gates=InitialCorruptCheck=true");

        ended.Should().BeFailure(naming: $"{third:x} found data inconsistency with peers: at revision ");
        ended.Errors.Should().Contain("\"m1\"").And.Contain("\"m2\"").And.Contain($"'member remove {third:x}'");
        (await RetryAsync(() => Client.GetAsync(0, "key", CallMax))).Should().Be("value");
    }

    [Fact]
    public async Task What_keeps_a_member_from_its_start_is_the_check()
    {
        await CheckpointedKey.PutAsync(Client, Third, Cluster.Members[Third], "key", "value", Limit);
        (await Cluster.Members[Third].StopAsync(Limit)).Should().Be(0);
        AlteredValue.Write(Cluster.Members[Third].DataDirectory, "key", "other");
        var seat = Cluster.Seats[Third];

        await using var third = await StoreServer.StartMemberAsync(
            StoreProgram.Ours,
            seat,
            Cluster.DataDirectoryOf(seat),
            ["--initial-cluster", Cluster.InitialCluster, "--corrupt-check-time", "0s"],
            Limit);

        (await RetryAsync(() => Client.GetAsync(Third, "key", CallMax))).Should().Be("other");
    }

    [Fact]
    public async Task A_member_with_the_same_data_is_compared_and_serves()
    {
        await CheckpointedKey.PutAsync(Client, Third, Cluster.Members[Third], "key", "value", Limit);
        await Client.PutAsync(Third, "last", "value", CallMax);
        var revision = (await StatusAsync(Third)).Header.Revision;
        (await Cluster.Members[Third].StopAsync(Limit)).Should().Be(0);
        await RetryAsync(() => Client.PutAsync(0, "key", "newer", CallMax));

        await Cluster.Members[Third].StartAgainAsync(Limit);

        (await RetryAsync(() => Client.GetAsync(Third, "key", CallMax))).Should().Be("newer");
        var told = Cluster.Members[Third].Process.Log.Lines.Select(line => Compared().Match(line))
            .Single(match => match.Success);
        told.Groups["equal"].Value.Should().Be("2");

        // That the last entry is committed need not be on the disk before another one is.
        long.Parse(told.Groups["revision"].Value, CultureInfo.InvariantCulture).Should().BeInRange(revision - 1, revision);
    }

    // Each finds nobody who could be asked, or others that are as far as itself.
    [Fact]
    public async Task Members_that_start_all_at_once_do_not_wait_for_each_other()
    {
        await Client.PutAsync(0, "key", "value", CallMax);
        await Task.WhenAll(Cluster.Members.Select(member => member.KillAsync()));

        await Task.WhenAll(Cluster.Members.Select(member => member.StartAgainAsync(Limit)));

        (await RetryAsync(() => Client.GetAsync(Third, "key", CallMax))).Should().Be("value");
    }

    private async Task<StatusResponse> StatusAsync(int member) =>
        await Client.Maintenance(member).StatusAsync(new StatusRequest(), cancellationToken: Limit);

    private Task<EndedProgram> StartThirdAsync(string flag)
    {
        var seat = Cluster.Seats[Third];
        return EndedProgram.OfMemberAsync(
            seat, Cluster.DataDirectoryOf(seat), ["--initial-cluster", Cluster.InitialCluster, flag], Limit);
    }

    [GeneratedRegex(@"data at revision (?<revision>\d+) is that of (?<equal>\d+) of the 2 other members\.")]
    private static partial Regex Compared();
}
