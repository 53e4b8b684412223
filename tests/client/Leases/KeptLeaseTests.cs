using Sync.Etcd.Client.Keys;
using Sync.Etcd.Client.Leases;
using Sync.TestKit;

namespace Sync.Etcd.Client.Tests.Leases;

public sealed class KeptLeaseTests
{
    private static readonly TimeSpan FaultLimit = TimeSpan.FromSeconds(60);

    [DebianFact("etcd")]
    public async Task A_kept_lease_outlives_its_time_and_a_crash_of_the_store()
    {
        await using var etcd = await EtcdFixture.StartAsync(Deadline.Default);
        await using var lease = await etcd.Client.HoldLeaseAsync(TimeSpan.FromSeconds(20));
        await etcd.Client.PutAsync("/held", "1", lease.Id);

        await etcd.Server.KillAsync();
        await etcd.Server.StartAgainAsync(Deadline.Default);
        var act = () => lease.Ended.WaitAsync(TimeSpan.FromSeconds(22));

        await act.Should().ThrowAsync<TimeoutException>("the lease goes on");
        (await etcd.Client.GetAsync("/held")).Should().NotBeNull();
    }

    [DebianFact("etcd")]
    public async Task A_revoked_lease_takes_its_keys_at_once()
    {
        await using var etcd = await EtcdFixture.StartAsync(Deadline.Default);
        await using var lease = await etcd.Client.HoldLeaseAsync(TimeSpan.FromSeconds(60));
        await etcd.Client.PutAsync("/held", "1", lease.Id);

        await lease.RevokeAsync();

        (await lease.Ended).Should().Be(LeaseEnd.Revoked);
        (await etcd.Client.GetAsync("/held")).Should().BeNull();
    }

    [DebianFact("etcd")]
    public async Task A_lease_that_somebody_else_revoked_is_gone()
    {
        await using var etcd = await EtcdFixture.StartAsync(Deadline.Default);
        await using var lease = await etcd.Client.HoldLeaseAsync(TimeSpan.FromSeconds(15));

        await etcd.Client.Lease.LeaseRevokeAsync(new() { ID = lease.Id });

        (await lease.Ended.WaitAsync(Deadline.In(FaultLimit))).Should().Be(LeaseEnd.Gone);
    }

    [DebianFact("etcd")]
    public async Task A_lease_ends_for_its_owner_when_the_store_was_away_for_its_whole_time()
    {
        await using var etcd = await EtcdFixture.StartAsync(Deadline.Default);
        await using var lease = await etcd.Client.HoldLeaseAsync(TimeSpan.FromSeconds(10));

        await etcd.Server.Process.PauseAsync();
        var end = await lease.Ended.WaitAsync(Deadline.In(FaultLimit));
        await etcd.Server.Process.ResumeAsync();

        end.Should().Be(LeaseEnd.Unreachable);
    }

    [DebianFact("etcd")]
    public async Task A_released_lease_runs_out_by_itself()
    {
        await using var etcd = await EtcdFixture.StartAsync(Deadline.Default);
        var lease = await etcd.Client.HoldLeaseAsync(TimeSpan.FromSeconds(60));
        await etcd.Client.PutAsync("/held", "1", lease.Id);

        await lease.DisposeAsync();

        (await lease.Ended).Should().Be(LeaseEnd.Released);
        (await etcd.Client.ListAsync([KeyRange.Only("/held")])).Pairs.Should().ContainSingle();
    }
}
