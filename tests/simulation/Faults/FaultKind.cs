namespace Sync.Simulation.Faults;

/// <summary>What may go wrong in a run. Each seed has some of it.</summary>
[Flags]
internal enum FaultKind
{
    None = 0,

    /// <summary>Messages between members are lost.</summary>
    Loss = 1 << 0,

    /// <summary>Messages between members are doubled.</summary>
    Doubling = 1 << 1,

    /// <summary>Messages overtake each other.</summary>
    Reordering = 1 << 2,

    /// <summary>Some messages take very long.</summary>
    Delay = 1 << 3,

    /// <summary>The members fall into two parts that do not hear each other.</summary>
    Partition = 1 << 4,

    /// <summary>Links are cut in one direction.</summary>
    OneWayCut = 1 << 5,

    /// <summary>Links hold their messages back, and let them go all at once.</summary>
    Clog = 1 << 6,

    /// <summary>The leader is cut off, whole or in one direction.</summary>
    LeaderCut = 1 << 7,

    /// <summary>A member stands still and goes on.</summary>
    Pause = 1 << 8,

    /// <summary>A member's machine loses power.</summary>
    PowerLoss = 1 << 9,

    /// <summary>All machines lose power at once.</summary>
    PowerLossOfAll = 1 << 10,

    /// <summary>A member's process is killed; its machine goes on.</summary>
    Kill = 1 << 11,

    /// <summary>A disk refuses a call; the machine is then restarted.</summary>
    DiskError = 1 << 12,

    /// <summary>Syncs of a disk take very long.</summary>
    SlowDisk = 1 << 13,

    /// <summary>Clocks run apart by up to a hundredth.</summary>
    Drift = 1 << 14,

    /// <summary>The leader hands over to another member.</summary>
    Transfer = 1 << 15,

    /// <summary>Members join, as learners or with a vote, leave and move.</summary>
    Membership = 1 << 16,

    /// <summary>A member loses its whole disk; another one takes its place.</summary>
    DiskLoss = 1 << 17,

    /// <summary>A disk has no room for a while.</summary>
    FullDisk = 1 << 18,

    /// <summary>Leaders end when they hold entries of earlier terms, in the order of the Raft paper's figure 8.</summary>
    OldTerms = 1 << 19,

    /// <summary>Members may hold little data.</summary>
    SmallQuota = 1 << 20,

    /// <summary>A disk has less room for a while than a member wants.</summary>
    NearlyFullDisk = 1 << 21,

    /// <summary>The leader's disk hangs.</summary>
    DiskStall = 1 << 22,

    /// <summary>A member's data becomes another one than that of the others, without anybody's noticing.</summary>
    Rot = 1 << 23,

    All = (1 << 24) - 1,
}
