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

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    internal void Require()
    {
        Log.Require();
        Segments.Require();
    }
}
