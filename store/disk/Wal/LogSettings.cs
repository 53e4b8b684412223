namespace Sync.Disk.Wal;

/// <summary>Sizes of the write-ahead log.</summary>
public sealed record LogSettings
{
    /// <summary>The size of a segment in bytes, a multiple of 4096, 16 KiB to 1 GiB. Default 64 MiB.</summary>
    public int SegmentBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// How much of each group's latest durable entries stays in memory, in bytes of payload. Default 16 MiB.
    /// Entries that are not durable stay in memory in any case.
    /// </summary>
    public long RecentBytesMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>The largest payload of an entry in bytes; what a segment holds beside its own records.</summary>
    public int EntryBytesMax => SegmentBytes - (2 * LogSegmentHead.SizeBytes);

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    internal void Require()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(SegmentBytes, 16 * 1024);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SegmentBytes, 1024 * 1024 * 1024);
        ArgumentOutOfRangeException.ThrowIfNotEqual(SegmentBytes % LogSegmentHead.SizeBytes, 0);
        ArgumentOutOfRangeException.ThrowIfNegative(RecentBytesMax);
    }
}
