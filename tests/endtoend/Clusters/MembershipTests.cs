using System.Globalization;
using Grpc.Core;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>Members come and go while the cluster serves; etcdctl asks for it.</summary>
public sealed class MembershipTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(30);

    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(5));
    private StoreCluster _cluster = null!;
    private ClusterClient _client = null!;

    public async Task InitializeAsync()
    {
        _cluster = await StoreCluster.StartAsync(StoreProgram.Ours, size: 3, _limit, "--corrupt-check-time", "1s");
        _client = new ClusterClient(_cluster.Members);
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    public void Dispose() => _client?.Dispose();

    [DebianFact("etcdctl")]
    public async Task A_member_whose_disk_is_lost_is_replaced_while_writes_go_on()
    {
        using var stop = new CancellationTokenSource();
        var etcdctl = ControlProgram.Etcdctl(_cluster);
        var lost = ((await _client.FindLeaderAsync(_limit)) + 1) % 3;
        var survivor = (lost + 1) % 3;
        var load = WriteUntilAsync(survivor, stop.Token);
        await _cluster.Members[lost].KillAsync();
        var lostId = (await etcdctl.At(_cluster.Members[survivor]).RunAsync(_limit, "member", "list"))
            .Single(line => line.Contains($" {_cluster.Seats[lost].Name},", StringComparison.Ordinal)).Split(',')[0];

        await etcdctl.At(_cluster.Members[survivor]).RunAsync(_limit, "member", "remove", lostId);
        var seat = ClusterSeat.Take(["fresh"])[0];
        await AddAsync(etcdctl.At(_cluster.Members[survivor]), seat);
        var seats = _cluster.Seats.Where((_, number) => number != lost).Append(seat);
        var fresh = await _cluster.JoinAsync(
            seat,
            _limit,
            "--initial-cluster", string.Join(',', seats.Select(each => each.Entry)),
            "--initial-cluster-state", "existing",
            "--corrupt-check-time", "1s");

        await stop.CancelAsync();
        var written = await load;
        using var client = new ClusterClient([fresh]);
        (await client.GetAsync(0, "load", CallMax)).Should().Be(written.ToString(CultureInfo.InvariantCulture));
        (await etcdctl.At(fresh).RunAsync(_limit, "member", "list")).Should().HaveCount(3)
            .And.OnlyContain(line => line.Contains(", started, ", StringComparison.Ordinal));
        (await etcdctl.At(fresh).RunAsync(_limit, "alarm", "list")).Should().BeEmpty("the members' data is equal");
    }

    [DebianFact("etcdctl")]
    public async Task A_removed_member_stops_with_a_sentence_and_does_not_start_again()
    {
        var etcdctl = ControlProgram.Etcdctl(_cluster);
        var removed = ((await _client.FindLeaderAsync(_limit)) + 1) % 3;
        var member = _cluster.Members[removed];
        var id = (await etcdctl.RunAsync(_limit, "member", "list"))
            .Single(line => line.Contains($" {_cluster.Seats[removed].Name},", StringComparison.Ordinal)).Split(',')[0];

        await EventuallyAsync(() => etcdctl.At(_cluster.Members[(removed + 1) % 3]).TryAsync(_limit, "member", "remove", id));

        (await member.Process.ExitCodeAsync(_limit)).Should().Be(1);
        member.Process.Log.Tail(count: 20).Should().Contain("the member has been permanently removed from the cluster");
        var again = () => member.StartAgainAsync(_limit);
        (await again.Should().ThrowAsync<ServerProcessException>())
            .Which.Message.Should().Contain("the member has been permanently removed from the cluster");
    }

    [DebianFact("etcdctl")]
    public async Task A_learner_has_no_vote_and_few_calls_until_it_is_promoted()
    {
        var etcdctl = ControlProgram.Etcdctl(_cluster);
        await _client.PutAsync(0, "key", "value", CallMax);
        var seat = ClusterSeat.Take(["learner"])[0];
        var added = await AddAsync(etcdctl, seat, "--learner");
        var id = added[0].Split(' ')[1];
        var learner = await _cluster.JoinLearnerAsync(
            seat,
            _limit,
            "--initial-cluster", $"{_cluster.InitialCluster},{seat.Entry}",
            "--initial-cluster-state", "existing");
        using var client = new ClusterClient([learner]);

        var linearizable = () => client.GetAsync(0, "key", CallMax);
        (await linearizable.Should().ThrowAsync<RpcException>())
            .Which.Status.Detail.Should().Be("etcdserver: rpc not supported for learner");
        await EventuallyAsync(() => etcdctl.TryAsync(_limit, "member", "promote", id));

        (await ReadAtPromotedAsync(client)).Should().Be("value");
        var again = await etcdctl.TryAsync(_limit, "member", "promote", id);
        again.ExitCode.Should().Be(1);
        again.StandardError.Should().Contain("etcdserver: can only promote a learner member");
    }

    [DebianFact("etcdctl")]
    public async Task A_cluster_that_grew_from_one_member_starts_again()
    {
        await using var cluster = await StoreCluster.StartAsync(StoreProgram.Ours, size: 1, _limit);
        var etcdctl = ControlProgram.Etcdctl(cluster);
        var first = cluster.Members[0];
        var seat = ClusterSeat.Take(["second"])[0];
        await AddAsync(etcdctl, seat);
        var second = await cluster.JoinAsync(
            seat,
            _limit,
            "--initial-cluster", $"{cluster.InitialCluster},{seat.Entry}",
            "--initial-cluster-state", "existing");
        using var client = new ClusterClient([first, second]);
        await client.PutAsync(0, "key", "value", CallMax);

        await first.KillAsync();
        await first.StartAgainAsync(_limit);
        (await client.GetAsync(0, "key", CallMax)).Should().Be("value");

        await Task.WhenAll(first.KillAsync(), second.KillAsync());
        await Task.WhenAll(first.StartAgainAsync(_limit), second.StartAgainAsync(_limit));
        (await client.GetAsync(1, "key", CallMax)).Should().Be("value");
    }

    [DebianFact("etcdctl")]
    public async Task Two_members_that_are_added_at_once_are_judged_one_after_the_other()
    {
        await using var cluster = await StoreCluster.StartAsync(StoreProgram.Ours, size: 1, _limit);
        var etcdctl = ControlProgram.Etcdctl(cluster);

        var answers = await Task.WhenAll(ClusterSeat.Take(["second", "third"]).Select(seat =>
            etcdctl.TryAsync(_limit, "member", "add", seat.Name, $"--peer-urls={seat.PeerUrl.OriginalString}")));

        answers.Should().ContainSingle(answer => answer.ExitCode == 0);
        answers.Single(answer => answer.ExitCode != 0).StandardError.Should().MatchRegex(
            "not enough started|unhealthy cluster|no leader|timed out");
        (await etcdctl.RunAsync(_limit, "member", "list")).Should().HaveCount(2);
    }

    [DebianFact("etcdctl")]
    public async Task Changes_that_make_no_sense_are_refused_in_etcds_words()
    {
        var etcdctl = ControlProgram.Etcdctl(_cluster);

        var unknown = await etcdctl.TryAsync(_limit, "member", "remove", "1234");
        var taken = await etcdctl.TryAsync(
            _limit, "member", "add", "twin", $"--peer-urls={_cluster.Seats[0].PeerUrl.OriginalString}");

        unknown.StandardError.Should().Contain("etcdserver: member not found");
        taken.StandardError.Should().Contain("etcdserver: Peer URLs already exists");
    }

    // The leader answers when a majority of voters holds the promotion; the member itself hears of it a heartbeat later.
    private async Task<string?> ReadAtPromotedAsync(ClusterClient client)
    {
        while (true)
        {
            try
            {
                return await client.GetAsync(0, "key", CallMax);
            }
            catch (RpcException failure) when (failure.Status.Detail == "etcdserver: rpc not supported for learner")
            {
                _limit.ThrowIfCancellationRequested();
            }
        }
    }

    // Members must have been connected for five seconds before one is added.
    private async Task<IReadOnlyList<string>> AddAsync(ControlProgram etcdctl, ClusterSeat seat, params string[] flags)
    {
        var result = await EventuallyAsync(() => etcdctl.TryAsync(
            _limit, ["member", "add", seat.Name, $"--peer-urls={seat.PeerUrl.OriginalString}", .. flags]));
        return result.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private async Task<CliWrap.Buffered.BufferedCommandResult> EventuallyAsync(
        Func<Task<CliWrap.Buffered.BufferedCommandResult>> attempt)
    {
        while (true)
        {
            var result = await attempt();
            if (result.ExitCode == 0)
            {
                return result;
            }

            result.StandardError.Should().MatchRegex("unhealthy cluster|in sync with leader|not enough started|timed out");
            _limit.ThrowIfCancellationRequested();
        }
    }

    private async Task<int> WriteUntilAsync(int member, CancellationToken stop)
    {
        var written = 0;
        while (!stop.IsCancellationRequested)
        {
            var value = (written + 1).ToString(CultureInfo.InvariantCulture);
            await _client.PutAsync(member, "load", value, CallMax);
            written++;
        }

        return written;
    }
}
