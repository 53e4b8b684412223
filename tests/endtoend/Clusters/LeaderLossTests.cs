using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Sync.Etcd.Api;
using Xunit.Abstractions;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>
/// What clients see when members die, stall or restart, at default timings. <c>SYNC_LEADER_KILLS=50</c> kills more
/// leaders than the default run does, on a machine that does nothing else, and holds pauses and attempts to their limits.
/// </summary>
[Trait("Category", "Long")]
public sealed class LeaderLossTests(ITestOutputHelper output) : OnThreeMembers(TimeSpan.FromMinutes(3 + Kills))
{
    private const int KillsByDefault = 3;
    private const int Writers = 4;

    // Before a kill, and after it: more than can be under way at once, so that writes do go on.
    private const int AcknowledgedAround = 10 * Writers;

    private static readonly TimeSpan ResumeMedianMax = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ResumeMax = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ProbeMax = TimeSpan.FromSeconds(10);

    private static bool IsMeasured => Environment.GetEnvironmentVariable("SYNC_LEADER_KILLS") is { Length: > 0 };

    private static int Kills =>
        int.TryParse(Environment.GetEnvironmentVariable("SYNC_LEADER_KILLS"), out var kills) ? kills : KillsByDefault;

    [Fact]
    public async Task Writes_go_on_soon_after_the_leader_is_killed_under_load_and_none_is_lost()
    {
        var pauses = new List<TimeSpan>();
        var written = new List<IReadOnlyList<int>>();
        for (var kill = 0; kill < Kills; kill++)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Limit);
            var acknowledged = new Acknowledgements();
            var load = WriteKeysUntilAsync(kill, acknowledged, stop.Token);
            await acknowledged.WaitForAsync(AcknowledgedAround, Limit);
            var leader = await Client.FindLeaderAsync(Limit);

            var before = acknowledged.Count;
            await Cluster.Members[leader].KillAsync();
            await acknowledged.WaitForAsync(acknowledged.Count + AcknowledgedAround, Limit);
            pauses.Add(acknowledged.LongestGapFrom(before - 1));

            await Cluster.Members[leader].StartAgainAsync(Limit);
            await stop.CancelAsync();
            written.Add(await load);
        }

        await ExpectAllAsync(written);
        output.WriteLine(Told(pauses));
        if (IsMeasured)
        {
            pauses.Order().ElementAt(pauses.Count / 2).Should().BeLessThanOrEqualTo(ResumeMedianMax, "{0}", Told(pauses));
            pauses.Max().Should().BeLessThanOrEqualTo(ResumeMax, "{0}", Told(pauses));
        }
    }

    [Fact]
    public async Task A_leader_that_stood_still_serves_no_stale_read_when_it_wakes()
    {
        var leader = await Client.FindLeaderAsync(Limit);
        var other = (leader + 1) % 3;
        await RetryAsync(() => Client.PutAsync(leader, "key", "old", CallMax));

        await Cluster.Members[leader].Process.PauseAsync();
        List<Task<string?>> asked = [.. Enumerable.Range(0, 20).Select(_ => TryGetAsync(leader, "key"))];
        await RetryAsync(() => Client.PutAsync(other, "key", "new", CallMax));
#pragma warning disable RS0030 // The length of the injected fault: the leader stands still for ten seconds.
        await Task.Delay(TimeSpan.FromSeconds(10), Limit);
#pragma warning restore RS0030
        await Cluster.Members[leader].Process.ResumeAsync();
        asked.AddRange(Enumerable.Range(0, 20).Select(_ => TryGetAsync(leader, "key")));

        (await Task.WhenAll(asked)).Where(value => value is not null).Should().NotContain(
            "old", "each was asked, or could only be answered, after the new value was acknowledged");
        (await RetryAsync(() => Client.GetAsync(leader, "key", CallMax))).Should().Be("new");
    }

    [Fact]
    public async Task A_rolling_restart_fails_no_request_of_a_client_that_tries_once_more()
    {
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, 4).Select(writer => WriteUntilAsync(writer, stop.Token)).ToList();

        foreach (var member in Cluster.Members)
        {
            (await member.StopAsync(Limit)).Should().Be(0);
            await member.StartAgainAsync(Limit);
        }

        await stop.CancelAsync();
        var written = await Task.WhenAll(load);
        written.Should().OnlyContain(count => count > 0);
        for (var writer = 0; writer < written.Length; writer++)
        {
            var key = $"load/{writer}";
            (await RetryAsync(() => Client.GetAsync(0, key, CallMax))).Should().Be(
                written[writer].ToString(CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public async Task A_watch_and_a_lease_live_on_at_a_member_while_the_leader_changes()
    {
        var leader = await Client.FindLeaderAsync(Limit);
        var member = (leader + 1) % 3;
        var lease = await RetryAsync(() => Client.Lease(member).LeaseGrantAsync(
            new LeaseGrantRequest { TTL = 60 }, cancellationToken: Limit).ResponseAsync);
        using var watch = Client.Watch(member).Watch(cancellationToken: Limit);
        await watch.RequestStream.WriteAsync(
            new WatchRequest { CreateRequest = new WatchCreateRequest { Key = ByteString.CopyFromUtf8("key") } }, Limit);
        await watch.ResponseStream.MoveNext(Limit);

        await RetryAsync(() => Client.PutAsync(member, "key", "before", CallMax));
        await Cluster.Members[leader].KillAsync();
        await RetryAsync(() => Client.PutAsync(member, "key", "after", CallMax));

        var seen = new List<(long Revision, string Value)>();
        while (seen is not [.., (_, "after")] && await watch.ResponseStream.MoveNext(Limit))
        {
            seen.AddRange(watch.ResponseStream.Current.Events.Select(
                change => (change.Kv.ModRevision, change.Kv.Value.ToStringUtf8())));
        }

        // A put that was tried again may stand there twice, each at a revision of its own; no event comes twice.
        seen.Select(change => change.Value).Distinct().Should().Equal("before", "after");
        seen.Select(change => change.Revision).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        var left = await RetryAsync(() => Client.Lease(member).LeaseTimeToLiveAsync(
            new LeaseTimeToLiveRequest { ID = lease.ID }, cancellationToken: Limit).ResponseAsync);
        left.GrantedTTL.Should().Be(60);
    }

    [Fact]
    public async Task Without_a_majority_everything_ends_in_bounded_time_and_serializable_reads_go_on()
    {
        await RetryAsync(() => Client.PutAsync(0, "key", "value", CallMax));
        (await RetryAsync(() => Client.GetAsync(2, "key", CallMax))).Should().Be("value");
        using var watch = Client.Watch(2).Watch(
            headers: new Metadata { { "hasleader", "true" } }, cancellationToken: Limit);
        await Cluster.Members[0].KillAsync();
        await Cluster.Members[1].KillAsync();

        var write = () => Client.PutAsync(2, "key", "lost", CallMax);
        var read = () => Client.GetAsync(2, "key", CallMax);
        var failures = await Task.WhenAll(
            Task.Run(() => write.Should().ThrowAsync<RpcException>(), Limit),
            Task.Run(() => read.Should().ThrowAsync<RpcException>(), Limit));

        failures.Select(failure => failure.Which.Status.Detail).Should().OnlyContain(
            text => text.StartsWith("etcdserver: request timed out", StringComparison.Ordinal));
        (await Client.GetAsync(2, "key", CallMax, isSerializable: true)).Should().Be("value");
        var stream = () => watch.ResponseStream.MoveNext(Limit);
        (await stream.Should().ThrowAsync<RpcException>()).Which.Status.Detail.Should().Be("etcdserver: no leader");
        using var http = new HttpClient();
        using var health = await http.GetAsync(new Uri(Cluster.Members[2].ClientUrl, "health"), Limit);
        health.StatusCode.Should().Be(System.Net.HttpStatusCode.ServiceUnavailable);
        (await health.Content.ReadAsStringAsync(Limit)).Should().Be("""{"health":"false","reason":"RAFT NO LEADER"}""");
        (await http.GetStringAsync(new Uri(Cluster.Members[2].ClientUrl, "health?serializable=true"), Limit))
            .Should().Be("""{"health":"true","reason":""}""");
    }

    [Fact]
    public async Task A_call_that_can_have_no_answer_is_told_that_its_member_stops()
    {
        await Cluster.Members[0].KillAsync();
        await Cluster.Members[1].KillAsync();
        var write = Client.PutAsync(2, "key", "lost", CallMax);
        await Client.GetAsync(2, "key", CallMax, isSerializable: true);

        (await Cluster.Members[2].StopAsync(Limit)).Should().Be(0);

        var ended = await FluentActions.Awaiting(() => write).Should().ThrowAsync<RpcException>();
        ended.Which.Status.Detail.Should().Be("etcdserver: server stopped");
    }

    // Each writer asks the members in turn, so leader and followers have requests under way all the time.
    private async Task<IReadOnlyList<int>> WriteKeysUntilAsync(
        int kill, Acknowledgements acknowledged, CancellationToken stop) =>
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            var (member, written) = (writer, 0);
            for (; !stop.IsCancellationRequested; written++)
            {
                var key = KeyOf(kill, writer, written);
                await RetryAsync(() => Client.PutAsync(member++ % 3, key, "value", ProbeMax));
                acknowledged.Add();
            }

            return written;
        }));

    private static string KeyOf(int kill, int writer, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"kill/{kill}/{writer}/{number:D9}");

    private async Task<string?> TryGetAsync(int member, string key)
    {
        try
        {
            return await Client.GetAsync(member, key, CallMax);
        }
        catch (RpcException)
        {
            return null;
        }
    }

    private async Task<int> WriteUntilAsync(int writer, CancellationToken stop)
    {
        var written = 0;
        for (var member = writer; !stop.IsCancellationRequested; member++)
        {
            await PutAsync(member, $"load/{writer}", (written + 1).ToString(CultureInfo.InvariantCulture));
            written++;
        }

        return written;
    }

    // On a busy machine one call may meet two elections: it is then tried more often than the promise is.
    private async Task PutAsync(int first, string key, string value)
    {
        var triesLeft = IsMeasured ? 1 : 3;
        for (var member = first; ; member++)
        {
            try
            {
                await Client.PutAsync(member % 3, key, value, CallMax);
                return;
            }
            catch (RpcException away) when (away.StatusCode is StatusCode.Unavailable && triesLeft-- > 0)
            {
                // The next member is asked.
            }
        }
    }

    private async Task ExpectAllAsync(List<IReadOnlyList<int>> written)
    {
        for (var kill = 0; kill < written.Count; kill++)
        {
            for (var writer = 0; writer < Writers; writer++)
            {
                var (member, round, author) = (writer % 3, kill, writer);
                var found = await RetryAsync(() => KeysAsync(member, KeyOf(round, author, 0), KeyOf(round, author + 1, 0)));

                found.Should().Equal(
                    Enumerable.Range(0, written[kill][writer]).Select(number => KeyOf(round, author, number)));
            }
        }
    }

    private async Task<IReadOnlyList<string>> KeysAsync(int member, string first, string end)
    {
        var response = await Client.Kv(member).RangeAsync(
            new RangeRequest
            {
                Key = ByteString.CopyFromUtf8(first),
                RangeEnd = ByteString.CopyFromUtf8(end),
                KeysOnly = true,
            },
            deadline: DateTime.UtcNow + CallMax);
        return [.. response.Kvs.Select(pair => pair.Key.ToStringUtf8())];
    }

    private static string Told(IEnumerable<TimeSpan> pauses) =>
        string.Join(", ", pauses.Select(pause => $"{pause.TotalMilliseconds:F0} ms"));
}
