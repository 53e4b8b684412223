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
    /// How much of the log may lie between two checkpoints, and stays before the newest one for followers that are a little
    /// behind, in bytes. Default 256 MiB.
    /// </summary>
    public long LogBytesMax { get; init; } = 256L * 1024 * 1024;

    /// <summary>How much of the log stays for followers that follow a snapshot, in bytes. Default 4 GiB.</summary>
    public long HeldLogBytesMax { get; init; } = 4L * 1024 * 1024 * 1024;

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
        ArgumentOutOfRangeException.ThrowIfNegative(LogBytesMax);
        ArgumentOutOfRangeException.ThrowIfNegative(HeldLogBytesMax);
        ArgumentOutOfRangeException.ThrowIfNegative(FreeBytesMin);
    }
}
