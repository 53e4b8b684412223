using Sync.Etcd.Api;

namespace Sync.Store.Ctl.Printing;

/// <summary>The answers of the alarm, leadership and downgrade commands.</summary>
internal static class MaintenancePrintouts
{
    public static Printout Alarms(AlarmResponse answer) => Printout.Of(answer) with
    {
        Simple = text =>
        {
            foreach (var alarm in answer.Alarms)
            {
                text.Line($"memberID:{alarm.MemberID} alarm:{NameOf(alarm)} ");
            }
        },
        Fields = text =>
        {
            text.Header(answer.Header);
            foreach (var alarm in answer.Alarms)
            {
                text.Field("MemberID", alarm.MemberID);
                text.Line($"\"AlarmType\" : {NameOf(alarm)}");
                text.Line("");
            }
        },
    };

    public static Printout MoveLeader(ulong from, ulong to, MoveLeaderResponse answer) => Printout.Of(answer) with
    {
        Simple = text => text.Line($"Leadership transferred from {GoText.Id(from)} to {GoText.Id(to)}"),
    };

    public static Printout Downgrade(string action, DowngradeResponse answer) => Printout.Of(answer) with
    {
        Simple = text => text.Line($"Downgrade {action} success, cluster version {answer.Version}"),
    };

    private static string NameOf(AlarmMember alarm) => alarm.Alarm.ToString().ToUpperInvariant();
}
