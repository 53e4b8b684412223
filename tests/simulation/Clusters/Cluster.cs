using Sync.Disk;
using Sync.Member.Membership;
using Sync.Posix;
using Sync.Raft;
using Sync.Raft.Membership;
using Sync.Raft.Roles;
using Sync.Simulation.Bugs;
using Sync.Simulation.Faults;
using Sync.Simulation.Histories;
using Sync.Simulation.Networks;
using Sync.Simulation.Scheduling;

namespace Sync.Simulation.Clusters;

/// <summary>All machines of a run, the network between them, and the way that clients reach them.</summary>
internal sealed class Cluster
{
    private readonly Random _random;
    private readonly List<ClusterNode> _all = [];
    private ulong _lastMember;

    public Cluster(RunSettings settings, EventQueue queue, RunTrace trace, Random random)
    {
        (Settings, Queue, Trace, _random) = (settings, queue, trace, random);
        Network = new SimulatedNetwork(queue, trace, settings, new Random(random.Next()))
        {
            Deliver = Deliver,
            Unreachable = (from, to) => ProcessOf(from)?.ReportUnreachable(to),
        };
        Members = new ClusterMembers(Enumerable.Range(1, settings.Members)
            .Select(_ => MemberOf(NextMember()) with { Name = "", ClientUrls = [], Version = null }));
        foreach (var founder in Members.All)
        {
            _all.Add(NewNode(founder.Id, founding: null));
        }

        Nodes = [.. _all];
        Observer = new ClusterObserver(this);
    }

    public RunSettings Settings { get; }

    public EventQueue Queue { get; }

    public RunTrace Trace { get; }

    public SimulatedNetwork Network { get; }

    /// <summary>The machines that are there, by ascending identity; those of members that were removed until they stop.</summary>
    public IReadOnlyList<ClusterNode> Nodes { get; private set; }

    /// <summary>How often a process started.</summary>
    public int Boots => _all.Sum(node => node.Boots);

    public ClusterObserver Observer { get; }

    /// <summary>The members as each founder is told at its first start.</summary>
    public ClusterMembers Members { get; }

    /// <summary>Who votes at the beginning.</summary>
    public GroupConfiguration Founders => new([.. Members.All.Select(member => member.Id)]);

    /// <summary>The running process that leads in the latest term.</summary>
    public MemberProcess? Leader => Nodes
        .Select(node => node.Process)
        .Where(process => process?.Status.Role == RoleKind.Leader)
        .MaxBy(process => process?.Status.Term.Value);

    /// <summary>The running process that has applied most; null when none runs.</summary>
    public MemberProcess? Newest => Nodes
        .Select(node => node.Process)
        .Where(process => process is not null)
        .MaxBy(process => process?.Status.Applied.Value);

    /// <summary>A member as it tells itself.</summary>
    // No member that joins is below the version that the others have agreed on: the server lets none such run.
    public static ClusterMember MemberOf(MemberId id) =>
        new(id, $"member-{id}", [$"http://peer-{id}"], [$"http://client-{id}"]) { Version = new(3, 5 + (int)id.Value) };

    /// <summary>The running process of a member; null while there is none.</summary>
    public MemberProcess? ProcessOf(MemberId member) =>
        member.Value <= (ulong)_all.Count ? _all[(int)member.Value - 1].Process : null;

    /// <summary>An identity that no member had.</summary>
    public MemberId NextMember() => new(++_lastMember);

    /// <summary>Sets up a machine for a new member and starts it.</summary>
    /// <param name="member">The member; those before it have joined.</param>
    /// <param name="members">The members as it is told at its first start.</param>
    public void Join(MemberId member, ClusterMembers members)
    {
        var node = NewNode(member, members);
        _all.Add(node);
        Nodes = [.. Nodes, node];
        Start(node);
    }

    /// <summary>Takes a machine away for good: its member was removed, or lost what it promised.</summary>
    public void Retire(ClusterNode node)
    {
        Trace.Note(TraceKind.Retired, (long)node.Id.Value);
        node.Process?.Die();
        node.Process = null;
        node.Wake();
        node.IsRetired = true;
        Nodes = [.. Nodes.Where(other => other != node)];
    }

    /// <summary>Lets a machine lose its whole disk.</summary>
    /// <returns>Whether its member has to be replaced.</returns>
    public bool LoseDisk(MemberId member)
    {
        if (Nodes.FirstOrDefault(node => node.Id == member) is not { } node)
        {
            return false;
        }

        Trace.Note(TraceKind.Fault, (long)member.Value, words: FaultKind.DiskLoss);
        if (Settings.Bug == PlantedBug.GoOnWithoutDisk)
        {
            node.ExchangeDisk();
            Crash(node, losesPower: true, Durations.Second);
            return false;
        }

        Retire(node);
        return true;
    }

    /// <summary>Starts a machine's process.</summary>
    public void Start(ClusterNode node)
    {
        if (node.Process is not null || node.IsRetired)
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
            // After an error the machine is restarted whole: nobody knows what its cache still says. A full disk is none.
            Trace.Note(TraceKind.Fault, (long)node.Id.Value, words: failure.Message);
            var isFull = failure is DiskFailureException { Cause.Error: var error } && error == Errno.NoSpace;
            Crash(node, losesPower: !isFull, _random.Spread(50 * Durations.Millisecond, 3 * Durations.Second));
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

    private void Deliver(MemberId from, MemberId to, ReadOnlyMemory<byte> bytes) => ProcessOf(to)?.Receive(from, bytes);

    private ClusterNode NewNode(MemberId member, ClusterMembers? founding)
    {
        var drift = Settings.Faults.HasFlag(FaultKind.Drift) ? 0.01 : 0;
        var clock = new NodeClock(_random.Next(1, 1_000_000), 1 + (drift * ((2 * _random.NextDouble()) - 1)));
        return new ClusterNode(Queue, member, founding, clock, Settings.Bug, _random.Next());
    }
}
