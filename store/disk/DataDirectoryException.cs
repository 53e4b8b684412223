namespace Sync.Disk;

/// <summary>A data directory, or the folder of its log, that is refused as a whole: what is wrong and what to do.</summary>
public sealed class DataDirectoryException : IOException
{
    /// <summary>Refuses a directory.</summary>
    /// <param name="directory">The directory, or what in it told.</param>
    /// <param name="reason">A clause that says what is wrong, and the remedy; no full stop.</param>
    public DataDirectoryException(string directory, string reason)
        : base($"{directory} is refused: {reason}.")
    {
        Directory = directory;
        Reason = reason;
    }

    /// <summary>The directory, or what in it told.</summary>
    public string Directory { get; }

    /// <summary>What is wrong, and the remedy.</summary>
    public string Reason { get; }
}
