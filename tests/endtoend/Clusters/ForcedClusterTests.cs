using Sync.EndToEnd.Tests.Programs;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>What an operator does when the majority is lost for good.</summary>
public sealed class ForcedClusterTests
{
    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(30);

    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(4));

    [DebianFact("etcdctl")]
    public async Task The_last_member_says_what_it_drops_and_goes_on_alone()
    {
        await using var cluster = await StoreCluster.StartAsync(StoreProgram.Ours, size: 3, _limit);
        using (var client = new ClusterClient(cluster.Members))
        {
            await client.PutAsync(0, "key", "value", CallMax);
            (await client.GetAsync(2, "key", CallMax)).Should().Be("value");
        }

        await Task.WhenAll(cluster.Members.Select(member => member.KillAsync()));
        var seat = cluster.Seats[2];
        await using var last = await StoreServer.StartMemberAsync(
            StoreProgram.Ours,
            seat,
            cluster.DataDirectoryOf(seat),
            ["--initial-cluster", cluster.InitialCluster, "--force-new-cluster"],
            _limit);

        var told = last.Process.Log.Tail(count: 50);
        told.Should().Contain("It drops for good the members").And.Contain("\"m1\"").And.Contain("\"m2\"")
            .And.Contain("may never have been committed");
        using var survivor = new ClusterClient([last]);
        (await survivor.GetAsync(0, "key", CallMax)).Should().Be("value");
        await survivor.PutAsync(0, "key", "newer", CallMax);
        var members = await ControlProgram.Etcdctl(cluster).At(last).RunAsync(_limit, "member", "list");
        members.Should().ContainSingle().Which.Should().Contain(", started, m3, ");
        using var http = new HttpClient();
        (await http.GetStringAsync(new Uri(seat.ClientUrl, "version"), _limit)).Should().Contain("\"etcdcluster\":\"3.6.0\"");
    }

    [Fact]
    public async Task Without_data_there_is_nothing_to_go_on_from()
    {
        using var directory = new TempDirectory();
        var seat = ClusterSeat.Take(["m1"])[0];
        await using var process = await ServerProcess.StartAsync(
            StoreProgram.Ours.Executable,
            [.. seat.Arguments(directory.At("m1")), "--initial-cluster", seat.Entry, "--force-new-cluster"],
            Readiness.AtOnce,
            _limit);

        var ended = new EndedProgram(await process.ExitCodeAsync(_limit), process.Log.Tail(count: 20));

        ended.Should().BeFailure(naming: directory.At("m1"));
    }
}
