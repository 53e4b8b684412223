using Sync.Disk;
using Sync.Member.Membership;
using Sync.Raft;
using Sync.Raft.Roles;
using Sync.Simulation.Faults;
using Sync.Simulation.Histories;
using Sync.Simulation.Networks;
using Sync.Simulation.Scheduling;

namespace Sync.Simulation.Clusters;

/// <summary>All machines of a run, the network between them, and the way that clients reach them.</summary>
internal sealed class Cluster
{
    private readonly Random _random;

    public Cluster(RunSettings settings, EventQueue queue, RunTrace trace, Random random)
    {
        (Settings, Queue, Trace, _random) = (settings, queue, trace, random);
        Network = new SimulatedNetwork(queue, trace, settings, new Random(random.Next()))
        {
            Deliver = Deliver,
            Unreachable = (from, to) => ProcessOf(from)?.ReportUnreachable(to),
        };
        Nodes = [.. Enumerable.Range(1, settings.Members).Select(NewNode)];
        Members = new ClusterMembers(Nodes.Select(node => MemberOf(node.Id) with { Name = "", ClientUrls = [] }));
        Observer = new ClusterObserver(this);
    }

    public RunSettings Settings { get; }

    public EventQueue Queue { get; }

    public RunTrace Trace { get; }

    public SimulatedNetwork Network { get; }

    public IReadOnlyList<ClusterNode> Nodes { get; }

    public ClusterObserver Observer { get; }

    /// <summary>The members as each one is told at its first start.</summary>
    public ClusterMembers Members { get; }

    /// <summary>The running process that leads in the latest term.</summary>
    public MemberProcess? Leader => Nodes
        .Select(node => node.Process)
        .Where(process => process?.Status.Role == RoleKind.Leader)
        .MaxBy(process => process?.Status.Term.Value);

    /// <summary>A member as it tells itself.</summary>
    public static ClusterMember MemberOf(MemberId id) => new(id, $"member-{id}", [$"http://peer-{id}"], [$"http://client-{id}"]);

    /// <summary>The running process of a member; null while there is none.</summary>
    public MemberProcess? ProcessOf(MemberId member) => Nodes[(int)member.Value - 1].Process;

    /// <summary>Starts a machine's process.</summary>
    public void Start(ClusterNode node)
    {
        if (node.Process is not null)
        {
            return;
        }

        Trace.Note(TraceKind.Boot, (long)node.Id.Value, node.Boots++);
        Guard(node, () => node.Process = new MemberProcess(this, node, _random.Next()));
    }

    /// <summary>Ends a machine's process, and starts it again later.</summary>
    /// <param name="node">The machine.</param>
    /// <param name="losesPower">Whether the machine goes down with it.</param>
    /// <param name="downtime">After how long it starts again.</param>
    public void Crash(ClusterNode node, bool losesPower, long downtime)
    {
        Trace.Note(TraceKind.Died, (long)node.Id.Value, losesPower ? 1 : 0, downtime, losesPower ? "power loss" : "kill");
        node.Process?.Die();
        node.Process = null;
        node.Wake();
        if (losesPower)
        {
            node.RawDisk.LosePower();
        }
        else
        {
            node.RawDisk.KillProcess();
        }

        Queue.After(downtime, () => Start(node));
    }

    /// <summary>Lets a machine do something; when the power or its disk fails meanwhile, it goes down.</summary>
    public void Guard(ClusterNode node, Action happen)
    {
        try
        {
            happen();
        }
        catch (Exception failure) when (failure is PowerLossException or DiskFailureException)
        {
            // After an error the machine is restarted whole: nobody knows what its cache still says.
            Trace.Note(TraceKind.Fault, (long)node.Id.Value, words: failure.Message);
            Crash(node, losesPower: true, _random.Spread(50 * Durations.Millisecond, 3 * Durations.Second));
        }
    }

    /// <summary>Brings a client's request to a member, and the end of the call back.</summary>
    public void Call(HistoryOperation operation, ClusterNode node, Action<CallEnd, KvResponse?> ended)
    {
        var call = new OpenCall(operation, (end, response) => Queue.After(Network.NextDelay(), () => ended(end, response)));
        Queue.After(Network.NextDelay(), () =>
        {
            if (node.Process is { } process)
            {
                process.Take(call);
            }
            else
            {
                call.End(CallEnd.Failed);
            }
        });
    }

    private void Deliver(MemberId to, ReadOnlyMemory<byte> bytes) => ProcessOf(to)?.Receive(bytes);

    private ClusterNode NewNode(int number)
    {
        var drift = Settings.Faults.HasFlag(FaultKind.Drift) ? 0.01 : 0;
        var clock = new NodeClock(_random.Next(1, 1_000_000), 1 + (drift * ((2 * _random.NextDouble()) - 1)));
        return new ClusterNode(Queue, new MemberId((ulong)number), clock, Settings.Bug, _random.Next());
    }
}
