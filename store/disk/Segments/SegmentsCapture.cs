namespace Sync.Disk.Segments;

/// <summary>How much of a segment belongs to a checkpoint.</summary>
/// <param name="Segment">The segment's number.</param>
/// <param name="LengthBytes">Its valid length, head included.</param>
public readonly record struct SegmentExtent(int Segment, uint LengthBytes);

/// <summary>The segments as they stood at one moment. Immutable; for the thread that saves the checkpoint.</summary>
public sealed class SegmentsCapture
{
    /// <summary>The segments in order of revision, with their valid lengths.</summary>
    public IReadOnlyList<SegmentExtent> Extents => throw new NotImplementedException();
}
