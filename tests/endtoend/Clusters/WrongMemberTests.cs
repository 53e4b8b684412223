using Sync.Conformance.Tests.Servers;
using Sync.EndToEnd.Tests.Programs;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>
/// A member that does not belong to the cluster it was pointed at says what differs and ends; the cluster goes on.
/// </summary>
public sealed class WrongMemberTests(TwoOfThree cluster) : IClassFixture<TwoOfThree>, IDisposable
{
    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(4));
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_member_with_another_token_is_told_both()
    {
        var ended = await EndAsync(cluster.Seats[2], "wrong", "--initial-cluster", cluster.InitialCluster);

        ended.Should().BeFailure(naming: "Its --initial-cluster-token is \"wrong\", and that of this member");
        ended.Errors.Should().Contain("\"right\"");
    }

    [Fact]
    public async Task A_member_with_another_initial_cluster_is_told_both()
    {
        var other = cluster.InitialCluster + ",m4=http://127.0.0.1:1";

        var ended = await EndAsync(cluster.Seats[2], "right", "--initial-cluster", other);

        ended.Should().BeFailure(naming: $"Its --initial-cluster is {other}, and that of this member");
        ended.Errors.Should().Contain($"is {cluster.InitialCluster};");
    }

    [Fact]
    public async Task A_member_whose_name_has_other_peer_urls_is_told_both()
    {
        var seat = cluster.Seats[2] with { Name = "m1" };

        var ended = await EndAsync(seat, "right", "--initial-cluster", cluster.InitialCluster);

        ended.Should().BeFailure(
            naming: $"--initial-cluster has m1={cluster.Seats[0].PeerUrl.OriginalString} but missing from");
    }

    // The cluster's identity is made of the peer URLs, so that the names alone differ.
    [Fact]
    public async Task A_member_that_calls_itself_like_another_is_refused_by_the_others()
    {
        var seat = cluster.Seats[2] with { Name = "m1" };
        var others = cluster.Seats.Take(2).Select(each => (each with { Name = $"the-running-{each.Name}" }).Entry);
        await FirstIsNamedAsync();

        var ended = await EndAsync(
            seat, "right", "--initial-cluster", string.Join(',', others.Append(seat.Entry)));

        ended.Should().BeFailure(naming: "refuses this one. Its --name \"m1\" belongs to the member ");
        ended.Errors.Should().Contain($" at {cluster.Seats[0].PeerUrl.OriginalString} already");
    }

    [Fact]
    public async Task A_member_with_data_does_not_look_at_flags_that_would_found_no_cluster()
    {
        await using (var founder = await StoreServer.StartAsync(InnerStore.Program, _directory.At("data"), _limit))
        {
            (await founder.StopAsync(_limit)).Should().Be(0);
        }

        await using var restarted = await StoreServer.StartAsync(
            InnerStore.Program, _directory.At("data"), _limit, "--initial-cluster", "gone=http://localhost:9");

        (await restarted.StopAsync(_limit)).Should().Be(0);
    }

    [Fact]
    public async Task A_member_with_the_data_of_another_cluster_is_told_both_clusters()
    {
        await using (var stranger = await StoreServer.StartAsync(InnerStore.Program, _directory.At("data"), _limit))
        {
            await stranger.StopAsync(_limit);
        }

        var ended = await EndAsync(cluster.Seats[2], "right", "--initial-cluster", cluster.InitialCluster);

        ended.Should().BeFailure(naming: "Its data is of cluster ");
        ended.Errors.Should().Contain(" belongs to cluster ").And.Contain("--data-dir");
    }

    [Fact]
    public async Task A_member_that_joins_without_being_added_is_told_who_the_members_are()
    {
        var stranger = ClusterSeat.Take(["m4"])[0];

        var ended = await EndAsync(
            stranger,
            "right",
            "--initial-cluster", $"{cluster.InitialCluster},{stranger.Entry}",
            "--initial-cluster-state", "existing");

        ended.Should().BeFailure(naming: "member count is unequal");
        ended.Errors.Should().Contain(cluster.Seats[0].Entry);
    }

    // A member makes its name known once the cluster has a leader.
    private async Task FirstIsNamedAsync()
    {
        using var http = new HttpClient();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var members = new Uri(cluster.Seats[1].PeerUrl, "members");
        while (!(await http.GetStringAsync(members, _limit)).Contains("\"m1\"", StringComparison.Ordinal))
        {
            await timer.WaitForNextTickAsync(_limit);
        }
    }

    private Task<EndedProgram> EndAsync(ClusterSeat seat, string token, params string[] flags) =>
        EndedProgram.OfMemberAsync(
            seat, _directory.At("data"), ["--initial-cluster-token", token, .. flags], _limit);
}
