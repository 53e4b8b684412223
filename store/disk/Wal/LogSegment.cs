namespace Sync.Disk.Wal;

/// <summary>A segment file of the log, open.</summary>
/// <param name="Head">What its head says.</param>
/// <param name="File">The file.</param>
internal sealed record LogSegment(LogSegmentHead Head, IDiskFile File)
{
    /// <summary>The seed of its records' checksums.</summary>
    internal uint Seed { get; } = Head.Seed;

    /// <summary>Its place in the log.</summary>
    internal long Sequence => Head.Sequence;
}
