using Sync.Mvcc.Alarms;
using Sync.Mvcc.Commands;
using Sync.Mvcc.Tests.Model;
using static Sync.Mvcc.Tests.Model.Requests;

namespace Sync.Mvcc.Tests.Commands;

public sealed class AlarmTests
{
    private static readonly Alarm Full = new(7, AlarmType.NoSpace);
    private static readonly Alarm Corrupt = new(7, AlarmType.Corrupt);
    private readonly Keyspace _keyspace = new(new KeyspaceSettings(), new MemoryChangeStore());

    [Fact]
    public void A_command_costs_what_it_stores()
    {
        QuotaCost.Of(Put("key", "value")).Should().Be(256 + 3 + 5);
        QuotaCost.Of(new LeaseGrantCommand(new(1), 60)).Should().Be(64);
        QuotaCost.Of(Delete("key")).Should().Be(0);
        QuotaCost.Of(new CompactCommand(new(1))).Should().Be(0);
        QuotaCost.Of(Txn(
            then: [Put("a", ""), Txn(then: [Put("b", "")], otherwise: [Put("cccc", "")])],
            otherwise: [Put("d", "")])).Should().Be(257 + 260, "the dearer list counts at each level");
    }

    [Fact]
    public void Without_space_only_what_needs_none_is_done()
    {
        Apply(new LeaseGrantCommand(new(1), 60));
        Apply(Put("k", "v"));
        Apply(new RaiseAlarmCommand(Full));

        Apply(Put("k", "w")).Should().Be("NoSpace");
        Apply(new LeaseGrantCommand(new(2), 60)).Should().Be("NoSpace");
        Apply(Txn(then: [Delete("k")], otherwise: [Put("k", "")])).Should().Be("NoSpace", "either list may run");
        Apply(Txn(then: [Delete("none")])).Should().StartWith("txn 2");
        Apply(Delete("k")).Should().Be("delete 3 1 {}");
        Apply(new CompactCommand(new(2))).Should().Contain("Compact");
        Apply(new LeaseRevokeCommand(new(1))).Should().Contain("LeaseRevoke");
    }

    [Fact]
    public void A_corrupt_group_is_only_read()
    {
        Apply(Put("k", "v"));
        Apply(new RaiseAlarmCommand(Full));
        Apply(new RaiseAlarmCommand(Corrupt));

        Command[] changes =
        [
            Put("k", "w"), Delete("k"), Txn(then: [Delete("k")]), new CompactCommand(new(2)),
            new LeaseGrantCommand(new(2), 60), new LeaseRevokeCommand(new(1)),
        ];
        changes.Select(Apply).Should().AllBe("Corrupt");
        Apply(Range("k")).Should().StartWith("range 2");
        Apply(Txn(then: [Range("k")])).Should().StartWith("txn 2");
        Apply(new LeaseCheckpointCommand([])).Should().Contain("Checkpoint");
    }

    [Fact]
    public void An_alarm_is_raised_once_and_cleared_by_its_exact_name()
    {
        Apply(new RaiseAlarmCommand(Full)).Should().Be($"alarm 1 {{{Full}}}");
        Apply(new RaiseAlarmCommand(Full)).Should().Be("alarm 1 {}");
        Apply(new RaiseAlarmCommand(new(1, AlarmType.None))).Should().Be("alarm 1 {}");
        Apply(new ClearAlarmCommand(new(0, AlarmType.NoSpace))).Should().Be("alarm 1 {}");
        Apply(new ClearAlarmCommand(Corrupt)).Should().Be("alarm 1 {}");
        _keyspace.Publish().Alarms.Should().Equal(Full);

        Apply(new ClearAlarmCommand(Full)).Should().Be($"alarm 1 {{{Full}}}");

        _keyspace.Publish().Alarms.Should().BeEmpty();
        Apply(Put("k", "v")).Should().Be("put 2 -");
    }

    private string Apply(Command command) => Text.Of(_keyspace.Apply(command));
}
