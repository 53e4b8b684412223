using Sync.Mvcc.Commands;
using Sync.Mvcc.Leases;
using Sync.Mvcc.Tests.Model;
using static Sync.Mvcc.Tests.Model.Requests;

namespace Sync.Mvcc.Tests.Leases;

public sealed class LeaseTests
{
    private readonly Keyspace _keyspace = new(new KeyspaceSettings { LeaseTtlMinimumSeconds = 2 }, new MemoryChangeStore());

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 2)]
    [InlineData(-5, 2)]
    [InlineData(2, 2)]
    [InlineData(60, 60)]
    public void A_short_time_to_live_is_raised_to_the_minimum(long wished, long granted)
    {
        Grant(1, wished).Should().Be(new LeaseGrantOutcome(new(1), new(1), granted));
        _keyspace.Publish().FindLease(new(1)).Should().Be(new LeaseState(new(1), granted, 0));
    }

    [Fact]
    public void A_grant_that_cannot_be_is_refused()
    {
        Grant(1, 60);

        Refusal(new LeaseGrantCommand(new(1), 60)).Should().Be(StoreError.LeaseExists);
        Refusal(new LeaseGrantCommand(new(2), LeaseTtl.Longest + 1)).Should().Be(StoreError.LeaseTtlTooLarge);
        Refusal(new LeaseGrantCommand(LeaseId.None, 60)).Should().Be(StoreError.LeaseNotFound);
        Refusal(new LeaseRevokeCommand(new(2))).Should().Be(StoreError.LeaseNotFound);
        Grant(-3, 60).Lease.Should().Be(new LeaseId(-3), "a negative ID is as good as any");
    }

    [Fact]
    public void A_put_attaches_moves_and_detaches_a_key()
    {
        Grant(1, 60);
        Grant(2, 60);

        Apply(Put("k", "") with { Lease = new(1) });
        Apply(Put("l", "") with { Lease = new(1) });
        KeysOf(1).Should().Equal("k", "l");
        Apply(Put("k", "") with { Lease = new(2) });
        KeysOf(1).Should().Equal("l");
        KeysOf(2).Should().Equal("k");
        Apply(Put("k", "new") with { KeepLease = true });
        KeysOf(2).Should().Equal("k");
        Apply(Put("k", ""));
        KeysOf(2).Should().BeEmpty();
        Apply(Delete("l"));
        KeysOf(1).Should().BeEmpty();
    }

    [Fact]
    public void A_revocation_deletes_all_keys_at_one_revision_in_byte_order()
    {
        Grant(1, 60);
        foreach (var key in new[] { "b", "\u00ff", "a", "ab" })
        {
            Apply(Put(key, "") with { Lease = new(1) });
        }

        Apply(new LeaseRevokeCommand(new(1))).Should().Be(new LeaseRevokeOutcome(new(6)));

        _keyspace.Publish().ChangesSince(new(6), 100).Value.Select(change => Text.Of(change.Header)).Should().Equal(
            "6.0:Delete:a@0v0l0", "6.1:Delete:ab@0v0l0", "6.2:Delete:b@0v0l0", "6.3:Delete:~@0v0l0");
        _keyspace.View.LeaseCount.Should().Be(0);
    }

    [Fact]
    public void A_revocation_without_keys_moves_nothing()
    {
        Grant(1, 60);

        Apply(new LeaseRevokeCommand(new(1))).Should().Be(new LeaseRevokeOutcome(new(1)));
    }

    [Fact]
    public void A_checkpoint_is_kept_within_the_granted_time()
    {
        Grant(1, 60);

        Apply(new LeaseCheckpointCommand([new(new(1), 40), new(new(9), 5)]));
        _keyspace.Publish().FindLease(new(1)).Should().Be(new LeaseState(new(1), 60, 40));
        Apply(new LeaseCheckpointCommand([new(new(1), 400)]));
        _keyspace.Publish().FindLease(new(1)).Should().Be(new LeaseState(new(1), 60, 60));
    }

    [Fact]
    public void Leases_are_listed_by_number_negative_ones_first()
    {
        foreach (var id in new[] { 5, -1, long.MaxValue, 1, long.MinValue })
        {
            Grant(id, 60);
        }

        _keyspace.Publish().Leases().Select(lease => lease.Id.Value)
            .Should().Equal(long.MinValue, -1, 1, 5, long.MaxValue);
    }

    private LeaseGrantOutcome Grant(long id, long ttl) =>
        (LeaseGrantOutcome)Apply(new LeaseGrantCommand(new(id), ttl));

    private Outcome Apply(Command command) => _keyspace.Apply(command).Value;

    private StoreError Refusal(Command command) => _keyspace.Apply(command).Error;

    private IEnumerable<string> KeysOf(long lease) => _keyspace.Publish().KeysOf(new(lease)).Select(Text.Of);
}
