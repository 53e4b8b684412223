namespace Sync.Disk.Snapshots;

/// <summary>
/// A snapshot that is not what was sent or saved, or that does not belong here. Nothing of it was used; the member's
/// own data is as before.
/// </summary>
public sealed class SnapshotException : IOException
{
    /// <summary>Refuses a snapshot.</summary>
    /// <param name="source">Whose it is: a file, or a member.</param>
    /// <param name="offset">Where in its bytes the fault shows.</param>
    /// <param name="fault">A clause that says what is wrong; no full stop.</param>
    public SnapshotException(string source, long offset, string fault)
        : base($"The snapshot {source} is refused at byte {offset}: {fault}.")
    {
        Origin = source;
        Offset = offset;
        Fault = fault;
    }

    /// <summary>Whose it is: a file, or a member.</summary>
    public string Origin { get; }

    /// <summary>Where in its bytes the fault shows.</summary>
    public long Offset { get; }

    /// <summary>What is wrong.</summary>
    public string Fault { get; }
}
