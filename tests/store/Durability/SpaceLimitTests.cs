using Sync.Mvcc.Alarms;
using Sync.Mvcc.Commands;
using Sync.Store.Durability;

namespace Sync.Store.Tests.Durability;

public sealed class SpaceLimitTests
{
    private static readonly PutOperation Put = new("key"u8.ToArray(), "value"u8.ToArray());
    private static readonly long Cost = QuotaCost.Of(Put);

    [Fact]
    public void A_command_that_needs_space_is_refused_where_it_would_reach_the_quota()
    {
        var limit = new SpaceLimit(7, QuotaBytes: 1000);

        limit.Refuses(Put, 1000 - Cost - 1, hasRoom: true).Should().BeFalse();
        limit.Refuses(Put, 1000 - Cost, hasRoom: true).Should().BeTrue();
        limit.Refuses(new CompactCommand(new(1)), dataBytes: 2000, hasRoom: true).Should().BeFalse("it gives space back");
    }

    [Fact]
    public void Without_a_quota_only_a_disk_without_room_refuses()
    {
        var limit = new SpaceLimit(7, QuotaBytes: null);

        limit.Refuses(Put, long.MaxValue / 2, hasRoom: true).Should().BeFalse();
        limit.Refuses(Put, dataBytes: 0, hasRoom: false).Should().BeTrue();
    }

    [Fact]
    public void A_disk_without_room_raises_the_alarm_once()
    {
        var limit = new SpaceLimit(7, QuotaBytes: null);

        limit.IsAlarmDue([], hasRoom: true).Should().BeFalse();
        limit.IsAlarmDue([new Alarm(6, AlarmType.NoSpace)], hasRoom: false).Should().BeTrue();
        limit.IsAlarmDue([limit.Alarm], hasRoom: false).Should().BeFalse();
    }
}
