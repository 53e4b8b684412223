using Sync.Simulation.Clusters;
using Sync.Simulation.Scheduling;

namespace Sync.Simulation.Faults;

/// <summary>
/// Repeats the history of the Raft paper's figure 8 as well as it can. A leader writes what a minority holds, and ends;
/// another one begins a term that nobody else hears of, and ends; the first one, or who holds as much, leads again, brings
/// the old entries to others and ends at any moment of that; then the second one comes back.
/// </summary>
internal sealed class OldTerms(Cluster cluster, Random random)
{
    private const long Patience = 4 * Durations.Second;

    private int _round;

    /// <summary>Whether it has begun and not ended.</summary>
    public bool IsUnderWay { get; private set; }

    /// <summary>Begins, unless it is under way.</summary>
    public void Begin()
    {
        if (IsUnderWay || cluster.Leader is not { } leader || cluster.Nodes.Count < 3)
        {
            return;
        }

        IsUnderWay = true;
        var round = ++_round;
        var others = cluster.Nodes.Where(node => node.Id != leader.Id).ToList();
        List<ClusterNode> minority = [leader.Node, .. others.Take((cluster.Nodes.Count - 1) / 2 - 1)];
        Part(minority);
        cluster.Queue.After(random.Spread(100 * Durations.Millisecond, Durations.Second), () =>
        {
            Kill(leader.Node);
            AwaitLeader(process => !minority.Contains(process.Node), rival => Silence(rival.Node, minority));
        });
        cluster.Queue.After(3 * Patience, () => End(round));
    }

    private EventQueue Queue => cluster.Queue;

    // Before it has told anybody that it leads.
    private void Silence(ClusterNode rival, List<ClusterNode> minority)
    {
        Part([rival]);
        Queue.After(random.Spread(Durations.Millisecond, 100 * Durations.Millisecond), () =>
        {
            Kill(rival);
            if (!IsUnderWay)
            {
                return;
            }

            cluster.Network.Heal();
            foreach (var node in minority)
            {
                cluster.Start(node);
            }

            AwaitLeader(process => minority.Contains(process.Node), _ => Queue.After(
                random.Spread(Durations.Millisecond, 30 * Durations.Millisecond), () => BringBack(rival, minority)));
        });
    }

    private void BringBack(ClusterNode rival, List<ClusterNode> minority)
    {
        if (!IsUnderWay)
        {
            return;
        }

        Part(minority);
        cluster.Start(rival);
        var round = _round;
        Queue.After(Patience, () => End(round));
    }

    private void AwaitLeader(Predicate<MemberProcess> isAwaited, Action<MemberProcess> happen)
    {
        if (!IsUnderWay)
        {
            return;
        }

        cluster.Observer.Leads = process =>
        {
            if (isAwaited(process))
            {
                cluster.Observer.Leads = static _ => { };
                happen(process);
            }
        };
    }

    /// <summary>Ends it, because all faults end.</summary>
    public void Stop()
    {
        IsUnderWay = false;
        cluster.Observer.Leads = static _ => { };
    }

    private void Kill(ClusterNode node)
    {
        if (IsUnderWay && node.Process is not null)
        {
            cluster.Crash(node, losesPower: false, Patience);
        }
    }

    private void Part(List<ClusterNode> side)
    {
        foreach (var inside in side.Where(_ => IsUnderWay))
        {
            foreach (var outside in cluster.Nodes.Where(node => !side.Contains(node)))
            {
                cluster.Network.Cut(inside.Id, outside.Id);
                cluster.Network.Cut(outside.Id, inside.Id);
            }
        }
    }

    private void End(int round)
    {
        if (IsUnderWay && round == _round)
        {
            Stop();
            cluster.Network.Heal();
        }
    }
}
