namespace Sync.Disk.Segments;

/// <summary>Sizes of the value segments.</summary>
public sealed record SegmentSettings
{
    /// <summary>At which size a segment is sealed, in bytes, 4 KiB to 1 GiB. Default 64 MiB.</summary>
    /// <remarks>A change that is larger than that has a segment for itself.</remarks>
    public int SegmentBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How much of the latest changes stays readable in memory, in bytes. Default 8 MiB.</summary>
    public int RecentBytesMax { get; init; } = 8 * 1024 * 1024;

    /// <summary>
    /// How much may wait in memory for <see cref="ChangeSegments.WriteOut"/>, in bytes; an append above it writes by
    /// itself. Default 4 MiB.
    /// </summary>
    public int UnwrittenBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>The share of dead bytes from which on a sealed segment is rewritten, above 0 up to 1. Default 0.5.</summary>
    public double DeadShareMin { get; init; } = 0.5;

    /// <summary>
    /// How much may lie in files that only wait for checkpoints without them, in bytes. Above it no rewrite begins, and a
    /// checkpoint is needed. Default 128 MiB.
    /// </summary>
    public long WaitingBytesMax { get; init; } = 128L * 1024 * 1024;

    /// <summary>
    /// How much room a rewrite leaves on the disk, in bytes. Default 96 MiB: the log's next segment, and half as much again.
    /// </summary>
    public long FreeBytesMin { get; init; } = 96L * 1024 * 1024;

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    internal void Require()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(SegmentBytes, 4 * 1024);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SegmentBytes, 1024 * 1024 * 1024);
        ArgumentOutOfRangeException.ThrowIfNegative(RecentBytesMax);
        ArgumentOutOfRangeException.ThrowIfNegative(UnwrittenBytesMax);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(DeadShareMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(DeadShareMin, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(WaitingBytesMax);
        ArgumentOutOfRangeException.ThrowIfNegative(FreeBytesMin);
    }
}
