using System.Diagnostics.CodeAnalysis;
using Sync.Disk;
using Sync.Member.Membership;
using Sync.Raft;
using Sync.Simulation.Bugs;
using Sync.Simulation.Scheduling;

namespace Sync.Simulation.Clusters;

/// <summary>One machine: its disk and clock, which stay, and the process that runs on it, which comes and goes.</summary>
internal sealed class ClusterNode
{
    private readonly EventQueue _queue;
    private readonly PlantedBug _bug;
    private readonly Random _random;
    private long _faultyCall = long.MaxValue;
    private DiskFault _fault;
    private long _pausedUntil;
    private List<Action> _heldBack = [];

    public ClusterNode(
        EventQueue queue, MemberId id, ClusterMembers? founding, NodeClock clock, PlantedBug bug, int seed)
    {
        (_queue, _bug) = (queue, bug);
        _random = new Random(seed);
        Id = id;
        Founding = founding;
        Clock = clock;
        ExchangeDisk();
    }

    public MemberId Id { get; }

    public NodeClock Clock { get; }

    /// <summary>The members that one which joins is told at its first start; null of a founder.</summary>
    public ClusterMembers? Founding { get; }

    public SimulatedDisk RawDisk { get; private set; }

    /// <summary>The disk as the process sees it.</summary>
    public IDisk Disk { get; private set; }

    /// <summary>Whether nothing is started on it any more.</summary>
    public bool IsRetired { get; set; }

    /// <summary>The running process; null while there is none.</summary>
    public MemberProcess? Process { get; set; }

    /// <summary>Whether the machine stands still.</summary>
    public bool IsPaused => _pausedUntil > _queue.Now;

    /// <summary>How long a sync takes more than usual, as a factor.</summary>
    public int SyncSlowdown { get; set; } = 1;

    /// <summary>Until when syncs hang that begin before.</summary>
    public long DiskHangsUntil { get; private set; }

    /// <summary>Whether its data becomes another one than that of the others.</summary>
    public bool Rots { get; set; }

    /// <summary>Counts the starts.</summary>
    public int Boots { get; set; }

    /// <summary>What the machine's own clock shows.</summary>
    public long Milliseconds => Clock.MillisecondsAt(_queue.Now);

    /// <summary>Lets the machine stand still; what would happen on it meanwhile happens afterwards.</summary>
    public void PauseFor(long duration)
    {
        _pausedUntil = _queue.Now + duration;
        _queue.At(_pausedUntil, () =>
        {
            if (!IsPaused)
            {
                Wake();
            }
        });
    }

    /// <summary>Lets the disk hang: syncs that begin now end when it does no more.</summary>
    public void HangDiskFor(long duration) => DiskHangsUntil = _queue.Now + duration;

    /// <summary>Lets the machine go on.</summary>
    public void Wake()
    {
        _pausedUntil = 0;
        var heldBack = _heldBack;
        _heldBack = [];
        foreach (var happen in heldBack)
        {
            happen();
        }
    }

    /// <summary>Holds back what happens on a machine that stands still.</summary>
    public void HoldBack(Action happen) => _heldBack.Add(happen);

    /// <summary>Lets a later call of the disk go wrong.</summary>
    /// <param name="fault">How.</param>
    /// <param name="callsMax">Within how many calls from now.</param>
    public void PlanDiskFault(DiskFault fault, int callsMax)
    {
        _fault = fault;
        _faultyCall = RawDisk.Calls + 1 + _random.Next(callsMax);
    }

    /// <summary>Calls the planned fault off, if it has not happened.</summary>
    public void ForgetDiskFault() => _faultyCall = long.MaxValue;

    /// <summary>Puts an empty disk in.</summary>
    [MemberNotNull(nameof(RawDisk), nameof(Disk))]
    public void ExchangeDisk()
    {
        _faultyCall = long.MaxValue;
        RawDisk = new SimulatedDisk(_random.Next()) { FaultOf = FaultOf };
        Disk = _bug == PlantedBug.None ? RawDisk : new BuggyDisk(RawDisk, _bug, _random);
    }

    /// <summary>Lets the disk be full for a while.</summary>
    public void FillDiskFor(long duration)
    {
        var disk = RawDisk;
        disk.IsFull = true;
        _queue.After(duration, () => disk.IsFull = false);
    }

    private DiskFault FaultOf(DiskCall call)
    {
        // Errors hit only what fails loudly in a running store: writes and syncs.
        if (call.Number < _faultyCall
            || (_fault == DiskFault.InputOutput && call.Operation is not (DiskOperation.Write or DiskOperation.Sync)))
        {
            return DiskFault.None;
        }

        _faultyCall = long.MaxValue;
        return _fault;
    }
}
