using Sync.Mvcc;
using Sync.Mvcc.Alarms;
using Sync.Mvcc.Commands;
using Sync.Raft.Roles;
using Sync.Simulation.Scheduling;
using Sync.Store.Corruption;
using Sync.Store.Replication;

namespace Sync.Simulation.Clusters;

/// <summary>Compares, while a process leads, its hash with those of the others: what the production loop does, by events.</summary>
/// <param name="process">The process.</param>
/// <param name="cluster">Where the others are.</param>
internal sealed class HashRounds(MemberProcess process, Cluster cluster)
{
    private const long Interval = 2 * Durations.Second;

    // Until the others have come as far.
    private const long Patience = 100 * Durations.Millisecond;

    /// <summary>Begins.</summary>
    public void Start() => process.Plan(Interval, Begin);

    private void Begin()
    {
        if (process.Status.Role == RoleKind.Leader)
        {
            var view = process.View;
            process.Plan(Patience, () => End(view));
        }

        Start();
    }

    private void End(KeyspaceView view)
    {
        if (process.Status.Role != RoleKind.Leader || HashOf(process, view, view.Revision) is not { } own)
        {
            return;
        }

        var members = process.Status.Members.All;
        var others = members.Where(member => member.Id != process.Id)
            .Select(member => cluster.ProcessOf(member.Id)).OfType<MemberProcess>().Where(IsInReach)
            .Select(other => HashOf(other, other.View, view.Revision)).OfType<MemberHash>();
        foreach (var member in HashJudge.FindDiverged(own, others, members.Count)
            .Where(member => !PublishedState.IsAlarmed(process.View, member)))
        {
            process.Propose(new RaiseAlarmCommand(new Alarm(member, AlarmType.Corrupt)));
            if (member == process.Id.Value)
            {
                process.HandOver();
            }
        }
    }

    private bool IsInReach(MemberProcess other) => !other.Node.IsPaused
        && !cluster.Network.IsCut(process.Id, other.Id) && !cluster.Network.IsCut(other.Id, process.Id);

    private static MemberHash? HashOf(MemberProcess member, KeyspaceView view, Revision at)
    {
        if (at > view.Revision || at < view.CompactedRevision)
        {
            return null;
        }

        var hash = view.HashKv(at).Value;
        return new MemberHash(member.Id.Value, hash.Hash, hash.CompactedRevision.Value);
    }
}
