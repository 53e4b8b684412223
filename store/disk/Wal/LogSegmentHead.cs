namespace Sync.Disk.Wal;

/// <summary>The first block of a log segment.</summary>
internal sealed record LogSegmentHead
{
    /// <summary>The block's size; no record shares it, so writing a record can never tear the head.</summary>
    internal const int SizeBytes = 4096;
}
