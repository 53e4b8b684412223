using Sync.Posix;

namespace Sync.Disk.Segments;

/// <summary>How much of a segment belongs to a checkpoint.</summary>
/// <param name="Segment">The segment's number.</param>
/// <param name="LengthBytes">Its valid length, head included.</param>
public readonly record struct SegmentExtent(int Segment, uint LengthBytes);

/// <summary>The segments as they stood at one moment. Immutable; for the thread that saves the checkpoint.</summary>
public sealed class SegmentsCapture
{
    private readonly SegmentFolder _folder;
    private readonly FailStop _failStop;
    private readonly IReadOnlyList<ChangeSegment> _segments;

    internal SegmentsCapture(
        ChangeSegments source, SegmentFolder folder, FailStop failStop, IReadOnlyList<ChangeSegment> segments)
    {
        Source = source;
        _folder = folder;
        _failStop = failStop;
        _segments = segments;
        Extents = [.. segments.Select(segment => new SegmentExtent(segment.Number, segment.Length))];
    }

    /// <summary>The segments in order of revision, with their valid lengths.</summary>
    public IReadOnlyList<SegmentExtent> Extents { get; }

    /// <summary>What was captured.</summary>
    internal ChangeSegments Source { get; }

    /// <summary>Waits until the segments, up to their lengths, and their names are on the device.</summary>
    /// <exception cref="DiskFailureException">The process must stop.</exception>
    internal void Sync()
    {
        _failStop.Require();
        try
        {
            foreach (var (segment, extent) in _segments.Zip(Extents))
            {
                segment.Sync(extent.LengthBytes);
            }

            _folder.Sync();
        }
        catch (PosixException cause)
        {
            throw _failStop.Fail(cause);
        }
    }
}
