using Google.Protobuf;
using Sync.Etcd.Api;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>Leases of real processes, while the member that counts their time dies or stands still.</summary>
[Trait("Category", "Long")]
public sealed class LeaseLossTests() : OnThreeMembers(TimeSpan.FromMinutes(5))
{
    // A leader writes down what is left of a lease once a minute (LessorSettings).
    private const int LongTtl = 120;
    private const int WrittenDown = 60;

    private const int ShortTtl = 5;

    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan RenewInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StandsStill = TimeSpan.FromSeconds(12);

    [Fact]
    public async Task A_killed_leaders_successor_gives_no_lease_its_whole_time_again()
    {
        var leader = await Client.FindLeaderAsync(Limit);
        var other = (leader + 1) % 3;
        var lease = await GrantAsync(other, LongTtl);
        await UntilAsync(async () => (await LeftAsync(other, lease)).TTL < WrittenDown - 2);

        await Cluster.Members[leader].KillAsync();

        var left = await RetryAsync(() => LeftAsync(other, lease));
        left.GrantedTTL.Should().Be(LongTtl);
        left.TTL.Should().BeInRange(
            WrittenDown / 2, WrittenDown + 2, "that much was left when it was last written down, and an election is given on top");
    }

    [Fact]
    public async Task A_leader_that_stood_still_ends_no_lease_that_was_renewed_meanwhile()
    {
        var leader = await Client.FindLeaderAsync(Limit);
        var other = (leader + 1) % 3;
        var lease = await GrantAsync(other, ShortTtl);
        await RetryAsync(() => Client.Kv(other).PutAsync(
            new PutRequest
            {
                Key = ByteString.CopyFromUtf8("key"),
                Value = ByteString.CopyFromUtf8("held"),
                Lease = lease,
            },
            deadline: DateTime.UtcNow + CallMax).ResponseAsync);

        // Its own clock says that the lease ended long ago; what it proposes then counts for nothing.
        await Cluster.Members[leader].Process.PauseAsync();
        await RenewForAsync(other, lease, StandsStill);
        await Cluster.Members[leader].Process.ResumeAsync();
        await RenewForAsync(other, lease, TimeSpan.FromSeconds(2 * ShortTtl));

        (await RetryAsync(() => Client.GetAsync(leader, "key", CallMax))).Should().Be("held");
        await UntilAsync(async () => await Client.GetAsync(leader, "key", CallMax) is null);
        (await RetryAsync(() => LeftAsync(other, lease))).TTL.Should().Be(-1, "nobody renews it any more");
    }

    private async Task<long> GrantAsync(int member, long ttl) =>
        (await RetryAsync(() => Client.Lease(member).LeaseGrantAsync(
            new LeaseGrantRequest { TTL = ttl }, deadline: DateTime.UtcNow + CallMax).ResponseAsync)).ID;

    private async Task<LeaseTimeToLiveResponse> LeftAsync(int member, long lease) =>
        await Client.Lease(member).LeaseTimeToLiveAsync(
            new LeaseTimeToLiveRequest { ID = lease }, deadline: DateTime.UtcNow + CallMax);

    // A renewal that meets an election is tried again, as clients do; one that finds the lease gone fails the test.
    private async Task RenewForAsync(int member, long lease, TimeSpan duration)
    {
        using var timer = new PeriodicTimer(RenewInterval);
        for (var end = DateTime.UtcNow + duration; DateTime.UtcNow < end; await timer.WaitForNextTickAsync(Limit))
        {
            (await RetryAsync(() => RenewAsync(member, lease))).Should().Be(ShortTtl);
        }
    }

    private async Task<long> RenewAsync(int member, long lease)
    {
        using var stream = Client.Lease(member).LeaseKeepAlive(deadline: DateTime.UtcNow + CallMax);
        await stream.RequestStream.WriteAsync(new LeaseKeepAliveRequest { ID = lease }, Limit);
        await stream.ResponseStream.MoveNext(Limit);
        return stream.ResponseStream.Current.TTL;
    }

    private async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var timer = new PeriodicTimer(RenewInterval);
        while (!await RetryAsync(isSo))
        {
            await timer.WaitForNextTickAsync(Limit);
        }
    }
}
