using Sync.Mvcc;
using Sync.Simulation.Clusters;
using Sync.Simulation.Faults;
using Sync.Simulation.Histories;
using Sync.Simulation.Scheduling;

namespace Sync.Simulation.Space;

/// <summary>
/// Who makes room when an alarm says that there is none: compacts, lets every member give back what that made
/// superfluous, and disarms the alarms; again and again until none is raised.
/// </summary>
internal sealed class SpaceOperator(Cluster cluster, History history, Random random)
{
    private const long LookInterval = 300 * Durations.Millisecond;

    /// <summary>Begins.</summary>
    public void Start() => cluster.Queue.After(LookInterval, Look);

    private void Look()
    {
        if (cluster.Newest is { View: { Alarms.Count: > 0 } view })
        {
            MakeRoom(view);
        }
        else if (cluster.Queue.Now < RunSettings.LatestEnd)
        {
            cluster.Queue.After(LookInterval, Look);
        }
    }

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
        foreach (var alarm in cluster.Newest?.View.Alarms ?? [])
        {
            cluster.Leader?.Clear(alarm);
        }

        cluster.Queue.After(LookInterval, Look);
    }
}
