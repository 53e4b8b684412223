using Sync.Mvcc.Alarms;
using Sync.Mvcc.Commands;

namespace Sync.Store.Durability;

/// <summary>Decides when a member's space is used up, by its quota or because its disk is nearly full.</summary>
/// <param name="MemberId">The member.</param>
/// <param name="QuotaBytes">The size of the data in bytes from which writes are refused; null means no limit.</param>
/// <remarks>Source: etcd, server/storage/quota.go and server/etcdserver/api/v3rpc/quota.go.</remarks>
internal sealed record SpaceLimit(ulong MemberId, long? QuotaBytes)
{
    /// <summary>The alarm that binds all members as long as this one's space is used up.</summary>
    public Alarm Alarm => new(MemberId, AlarmType.NoSpace);

    /// <summary>
    /// Whether a command is refused before it is proposed. The alarm is raised then, though it may be raised already, for an
    /// operator may just be clearing it.
    /// </summary>
    /// <param name="command">The command.</param>
    /// <param name="dataBytes">The size of the member's data in bytes.</param>
    /// <param name="hasRoom">Whether the disk has room.</param>
    public bool Refuses(Command command, long dataBytes, bool hasRoom) =>
        QuotaCost.Of(command) is > 0 and var cost && (!hasRoom || dataBytes + cost >= QuotaBytes);

    /// <summary>Whether the alarm is to be raised though nobody writes.</summary>
    /// <param name="raised">The alarms that are raised.</param>
    /// <param name="hasRoom">Whether the disk has room.</param>
    public bool IsAlarmDue(IReadOnlyList<Alarm> raised, bool hasRoom) => !hasRoom && !raised.Contains(Alarm);
}
