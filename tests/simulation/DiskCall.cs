namespace Sync.Simulation;

/// <summary>What is asked of a simulated disk.</summary>
public enum DiskOperation
{
    /// <summary>Making a directory.</summary>
    MakeDirectory,

    /// <summary>Listing a directory, or asking whether a name exists.</summary>
    List,

    /// <summary>Creating a file.</summary>
    Create,

    /// <summary>Opening a file.</summary>
    Open,

    /// <summary>Renaming a file.</summary>
    Rename,

    /// <summary>Deleting a file.</summary>
    Delete,

    /// <summary>Syncing a directory.</summary>
    SyncDirectory,

    /// <summary>Writing to a file.</summary>
    Write,

    /// <summary>Reading from a file, or its length.</summary>
    Read,

    /// <summary>Syncing a file.</summary>
    Sync,

    /// <summary>Reserving space.</summary>
    Allocate,

    /// <summary>Locking a file.</summary>
    Lock,
}

/// <summary>One call of a simulated disk.</summary>
/// <param name="Number">Counts the calls of the disk from 1.</param>
/// <param name="Operation">What is asked.</param>
/// <param name="Path">The name, relative to the disk's root; for a rename the new one.</param>
public readonly record struct DiskCall(long Number, DiskOperation Operation, string Path);

/// <summary>What goes wrong in a call.</summary>
public enum DiskFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>EIO. A write may be done in part; after a sync, what was dirty is on the disk or lost for ever.</summary>
    InputOutput,

    /// <summary>ENOSPC. A write is done in part.</summary>
    NoSpace,

    /// <summary>The power goes in the middle of the call; every call fails until <see cref="SimulatedDisk.LosePower"/>.</summary>
    PowerLoss,
}

/// <summary>The power is gone: what the call did is for the disk to decide.</summary>
public sealed class PowerLossException : Exception
{
    /// <summary>Reports the loss in the middle of <paramref name="call"/>.</summary>
    public PowerLossException(DiskCall call)
        : base($"The power went in call {call.Number}, {call.Operation} of {call.Path}.") => Call = call;

    /// <summary>The call that was under way, or the first one tried after it.</summary>
    public DiskCall Call { get; }
}
