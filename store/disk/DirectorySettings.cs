using Sync.Disk.Segments;
using Sync.Disk.Wal;

namespace Sync.Disk;

/// <summary>Sizes of all that lies in a data directory.</summary>
public sealed record DirectorySettings
{
    /// <summary>The write-ahead log's.</summary>
    public LogSettings Log { get; init; } = new();

    /// <summary>The value segments'.</summary>
    public SegmentSettings Segments { get; init; } = new();

    /// <summary>
    /// Below how much free space the disk counts as full, in bytes. Default 192 MiB: the log's next segment, the target of a
    /// rewrite, and as much again.
    /// </summary>
    public long FreeBytesMin { get; init; } = 192L * 1024 * 1024;

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    internal void Require()
    {
        Log.Require();
        Segments.Require();
        ArgumentOutOfRangeException.ThrowIfNegative(FreeBytesMin);
    }
}
