using Sync.Mvcc;
using Sync.Mvcc.Alarms;
using Sync.Mvcc.Commands;
using Sync.Raft;
using Sync.Simulation.Clusters;
using Sync.Simulation.Faults;
using Sync.Simulation.Histories;
using Sync.Simulation.Scheduling;

namespace Sync.Simulation.Space;

/// <summary>
/// Who makes room when an alarm says that there is none: compacts, lets every member give back what that made
/// superfluous, and disarms the alarms; again and again until none is raised. That of a member that differs is disarmed
/// when it is no member any more.
/// </summary>
internal sealed class SpaceOperator(Cluster cluster, History history, Random random)
{
    private const long LookInterval = 300 * Durations.Millisecond;

    /// <summary>Begins.</summary>
    public void Start() => cluster.Queue.After(LookInterval, Look);

    private void Look()
    {
        if (cluster.Newest is { } newest && ToDisarm(newest).Any())
        {
            MakeRoom(newest.View);
        }
        else if (cluster.Queue.Now < RunSettings.LatestEnd)
        {
            cluster.Queue.After(LookInterval, Look);
        }
    }

    private static IEnumerable<Alarm> ToDisarm(MemberProcess process) => process.View.Alarms.Where(alarm =>
        alarm.Type == AlarmType.NoSpace || process.Status.Members.Find(new MemberId(alarm.Member)) is null);

    private void MakeRoom(KeyspaceView view)
    {
        if (view.Revision > view.CompactedRevision)
        {
            Compact(view.Revision);
        }

        cluster.Queue.After(random.Spread(20 * Durations.Millisecond, Durations.Second), () =>
        {
            foreach (var node in cluster.Nodes)
            {
                node.Process?.Defragment();
            }

            cluster.Queue.After(random.Spread(20 * Durations.Millisecond, Durations.Second), Disarm);
        });
    }

    private void Compact(Revision revision)
    {
        var operation = history.Begin(client: 0, _ => new KvRequest.Compact(revision.Value), cluster.Queue.Now);
        cluster.Call(operation, cluster.Nodes[random.Next(cluster.Nodes.Count)], (end, response) =>
            operation.End(hasFailed: end == CallEnd.Failed, response, cluster.Queue.Now));
    }

    private void Disarm()
    {
        if (cluster.Newest is { } newest)
        {
            foreach (var alarm in ToDisarm(newest))
            {
                cluster.Leader?.Propose(new ClearAlarmCommand(alarm));
            }
        }

        cluster.Queue.After(LookInterval, Look);
    }
}
