using Sync.Disk;
using Sync.Raft;
using Sync.Simulation.Clusters;
using Sync.Simulation.Histories;
using Sync.Simulation.Scheduling;

namespace Sync.Simulation.Faults;

/// <summary>Makes things go wrong, within what the store promises to stand, and in the end puts all right again.</summary>
internal sealed class Nemesis(Cluster cluster, History history, Random random)
{
    private static readonly FaultKind[] Sudden =
    [
        FaultKind.Partition, FaultKind.OneWayCut, FaultKind.Clog, FaultKind.LeaderCut, FaultKind.Pause, FaultKind.PowerLoss,
        FaultKind.PowerLossOfAll, FaultKind.Kill, FaultKind.DiskError, FaultKind.SlowDisk,
        FaultKind.Transfer, FaultKind.FullDisk, FaultKind.OldTerms, FaultKind.NearlyFullDisk,
        FaultKind.DiskStall, FaultKind.Rot,
    ];

    private readonly OldTerms _oldTerms = new(cluster, new Random(random.Next()));
    private readonly DiskStall _diskStall = new(cluster);
    private readonly FaultKind[] _chosen = [.. Sudden.Where(fault => cluster.Settings.Faults.HasFlag(fault))];

    /// <summary>Begins.</summary>
    public void Start()
    {
        PlanNext();
        cluster.Queue.At(RunSettings.FaultsEnd, Heal);
    }

    private EventQueue Queue => cluster.Queue;

    private ClusterNode AnyNode => cluster.Nodes[random.Next(cluster.Nodes.Count)];

    private ClusterNode AnyNodeOrLeader => random.Chance(0.5) && cluster.Leader is { } leader ? leader.Node : AnyNode;

    private void PlanNext() => Queue.After(
        (long)(-Math.Log(1 - random.NextDouble()) * cluster.Settings.FaultInterval), () =>
        {
            if (Queue.Now < RunSettings.FaultsEnd && _chosen.Length > 0)
            {
                if (!_diskStall.NeedsCalm)
                {
                    Do(random.Pick(_chosen));
                }

                PlanNext();
            }
        });

    private void Do(FaultKind fault)
    {
        cluster.Trace.Note(TraceKind.Fault, 0, (long)fault, words: fault);
        switch (fault)
        {
            case FaultKind.Partition:
                Divide();
                break;
            case FaultKind.OneWayCut:
                ForSomeLinks(cluster.Network.Cut);
                break;
            case FaultKind.Clog:
                ForSomeLinks(cluster.Network.Clog);
                break;
            case FaultKind.LeaderCut:
                CutLeader();
                break;
            case FaultKind.Pause:
                AnyNodeOrLeader.PauseFor(random.Spread(200 * Durations.Millisecond, 10 * Durations.Second));
                break;
            case FaultKind.PowerLoss:
                LosePower(AnyNode);
                break;
            case FaultKind.PowerLossOfAll:
                foreach (var node in cluster.Nodes.Where(node => node.Process is not null))
                {
                    cluster.Crash(node, losesPower: true, Downtime());
                }

                break;
            case FaultKind.Kill:
                Kill(AnyNode);
                break;
            case FaultKind.DiskError:
                AnyNode.PlanDiskFault(DiskFault.InputOutput, callsMax: 50);
                break;
            case FaultKind.SlowDisk:
                SlowDown(AnyNode);
                break;
            case FaultKind.Transfer:
                cluster.Leader?.TransferLeadership(AnyNode.Id);
                break;
            case FaultKind.FullDisk:
                AnyNode.FillDiskFor(random.Spread(300 * Durations.Millisecond, 6 * Durations.Second));
                break;
            case FaultKind.NearlyFullDisk:
                LowerSpace(AnyNode);
                break;
            case FaultKind.Rot:
                Rot();
                break;
            case FaultKind.DiskStall when !_oldTerms.IsUnderWay:
                _diskStall.Begin();
                break;
            case FaultKind.OldTerms:
                _oldTerms.Begin();
                break;
        }
    }

    private long Downtime() => random.Spread(50 * Durations.Millisecond, 5 * Durations.Second);

    private void HealLater() => Queue.After(
        random.Spread(300 * Durations.Millisecond, 8 * Durations.Second), cluster.Network.Heal);

    private void Divide()
    {
        var sides = cluster.Nodes.ToDictionary(node => node.Id, _ => random.Next(2));
        foreach (var (from, to) in Links().Where(link => sides[link.From] != sides[link.To]))
        {
            cluster.Network.Cut(from, to);
        }

        HealLater();
    }

    private void ForSomeLinks(Action<MemberId, MemberId> spoil)
    {
        foreach (var (from, to) in Links().Where(_ => random.Chance(0.4)))
        {
            spoil(from, to);
        }

        HealLater();
    }

    private void CutLeader()
    {
        if (cluster.Leader is not { } leader)
        {
            return;
        }

        var direction = random.Next(3);
        foreach (var other in cluster.Nodes.Where(node => node.Id != leader.Id))
        {
            if (direction != 0)
            {
                cluster.Network.Cut(leader.Id, other.Id);
            }

            if (direction != 1)
            {
                cluster.Network.Cut(other.Id, leader.Id);
            }
        }

        HealLater();
    }

    private void LosePower(ClusterNode node)
    {
        if (node.Process is null)
        {
            return;
        }

        if (random.Chance(0.5))
        {
            // In the middle of whatever it does soon.
            node.PlanDiskFault(DiskFault.PowerLoss, callsMax: 30);
        }
        else
        {
            cluster.Crash(node, losesPower: true, Downtime());
        }
    }

    private void Kill(ClusterNode node)
    {
        if (node.Process is not { } process)
        {
            return;
        }

        if (random.Chance(0.3))
        {
            process.HandOver();
            Queue.After(random.Spread(Durations.Millisecond, 300 * Durations.Millisecond), () => Stop(process));
        }
        else
        {
            cluster.Crash(node, losesPower: false, Downtime());
        }
    }

    private void Stop(MemberProcess process)
    {
        if (process.IsAlive)
        {
            cluster.Guard(process.Node, process.Stop);
        }

        if (process.Node.Process == process)
        {
            cluster.Crash(process.Node, losesPower: false, Downtime());
        }
    }

    private void SlowDown(ClusterNode node)
    {
        node.SyncSlowdown = random.Pick(10, 100, 1000);
        Queue.After(random.Spread(Durations.Second, 6 * Durations.Second), () => node.SyncSlowdown = 1);
    }

    private void LowerSpace(ClusterNode node)
    {
        var disk = node.RawDisk;
        disk.FreeBytes = random.NextInt64(new DirectorySettings().FreeBytesMin);
        Queue.After(random.Spread(Durations.Second, 8 * Durations.Second), () => disk.FreeBytes = long.MaxValue);
    }

    // One at a time, and where three voters stay: of two that differ nobody can tell who is right.
    private void Rot()
    {
        if (cluster.Settings.Members < 3 || cluster.Leader is not { Status.Configuration.Voters: { Length: >= 3 } voters })
        {
            return;
        }

        if (!cluster.Nodes.Any(node => node.Rots) && cluster.ProcessOf(random.Pick([.. voters])) is { } process)
        {
            process.Node.Rots = true;
        }

        var write = history.Begin(client: 0, id => new KvRequest.Put($"{RottenChanges.Prefix}{id}", $"v{id}"), Queue.Now);
        cluster.Call(write, AnyNode, (end, response) => write.End(hasFailed: end == CallEnd.Failed, response, Queue.Now));
    }

    private void Heal()
    {
        cluster.Trace.Note(TraceKind.Heal, 0);
        _oldTerms.Stop();
        cluster.Network.IsFaulty = false;
        cluster.Network.Heal();
        foreach (var node in cluster.Nodes.ToList())
        {
            node.Wake();
            node.SyncSlowdown = 1;
            node.RawDisk.IsFull = false;
            node.RawDisk.FreeBytes = long.MaxValue;
            node.ForgetDiskFault();
            cluster.Start(node);
        }
    }

    private IEnumerable<(MemberId From, MemberId To)> Links() =>
        from one in cluster.Nodes
        from other in cluster.Nodes
        where one.Id != other.Id
        select (one.Id, other.Id);
}
