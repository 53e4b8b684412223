using Sync.Simulation.Clusters;
using Sync.Simulation.Faults;
using Sync.Simulation.Histories;
using Sync.Simulation.Scheduling;

namespace Sync.Simulation.Clients;

/// <summary>
/// A client that asks one thing after the other, at any member. What it hears nothing of may happen at any time; it
/// goes on meanwhile.
/// </summary>
internal sealed class ClientActor(Cluster cluster, History history, Workload workload, int number, Random random)
{
    // A second more than a member takes to give up.
    private const long Patience = 9 * Durations.Second;

    private ClusterNode _writesTo = cluster.Nodes[random.Next(cluster.Nodes.Count)];

    /// <summary>Asks for the first time soon.</summary>
    public void Start() => PlanNext();

    private void PlanNext() => cluster.Queue.After(
        (long)(-Math.Log(1 - random.NextDouble()) * cluster.Settings.ThinkTime), Ask);

    private void Ask()
    {
        if (cluster.Queue.Now >= RunSettings.ClientsEnd)
        {
            return;
        }

        var operation = history.Begin(number, workload.Next, cluster.Queue.Now);
        var needsLeader = operation.Request.IsWrite || operation.Request is KvRequest.KeepAlive;
        var node = needsLeader && random.Chance(0.6) ? _writesTo : cluster.Nodes[random.Next(cluster.Nodes.Count)];
        cluster.Trace.Note(
            TraceKind.Invoke, number, operation.Id, (long)node.Id.Value, operation.Request);
        var isOver = false;
        cluster.Call(operation, node, (end, response) =>
        {
            if (!isOver)
            {
                isOver = true;
                End(operation, end, response);
            }
        });
        cluster.Queue.After(Patience, () =>
        {
            if (!isOver)
            {
                isOver = true;
                operation.HasHung = true;
                End(operation, CallEnd.Unknown, null);
            }
        });
    }

    private void End(HistoryOperation operation, CallEnd end, KvResponse? response)
    {
        cluster.Trace.Note(
            end == CallEnd.Answered ? TraceKind.Answer : TraceKind.Unknown, number, operation.Id, (int)end, response);
        operation.End(hasFailed: end == CallEnd.Failed, response, cluster.Queue.Now);
        if (response is not null)
        {
            workload.Learn(operation.Request, response);
        }
        else
        {
            _writesTo = random.Chance(0.7) && cluster.Leader is { } leader
                ? leader.Node
                : cluster.Nodes[random.Next(cluster.Nodes.Count)];
        }

        PlanNext();
    }
}
