namespace Sync.Disk;

/// <summary>
/// Stored bytes that are not what was written. They are never served, never repaired silently; the member stops.
/// </summary>
public sealed class DamageException : IOException
{
    /// <summary>Reports damage.</summary>
    /// <param name="file">The whole path of the damaged file.</param>
    /// <param name="offset">Where in the file, in bytes.</param>
    /// <param name="fault">A clause that says what is damaged and how it shows; no full stop.</param>
    /// <param name="remedy">A sentence that says what to do.</param>
    public DamageException(string file, long offset, string fault, string remedy)
        : base($"{file} is damaged at byte {offset}: {fault}. {remedy}")
    {
        File = file;
        Offset = offset;
        Fault = fault;
        Remedy = remedy;
    }

    /// <summary>What helps against damage of what only this member holds.</summary>
    public const string UsualRemedy =
        "Nothing was changed. Check the disk, then restore this member from a backup, or remove it from the cluster "
        + "and add it again with an empty data directory.";

    /// <summary>The whole path of the damaged file.</summary>
    public string File { get; }

    /// <summary>Where in the file, in bytes.</summary>
    public long Offset { get; }

    /// <summary>What is damaged and how it shows.</summary>
    public string Fault { get; }

    /// <summary>What to do.</summary>
    public string Remedy { get; }
}
