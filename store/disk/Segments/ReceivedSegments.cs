using Sync.Mvcc.Changes;

namespace Sync.Disk.Segments;

/// <summary>
/// Segments that are filled with the changes of a snapshot, beside those in use: no start takes them for data until
/// they are kept and a checkpoint names them. One thread; failures of the disk are thrown as they are.
/// </summary>
internal sealed class ReceivedSegments
{
    private const long UnwrittenBytesMax = 1024 * 1024;

    private readonly SegmentFolder _folder;
    private readonly SegmentOwner _owner;
    private readonly int _segmentBytes;
    private readonly List<ChangeSegment> _order = [];

    internal ReceivedSegments(SegmentFolder folder, SegmentOwner owner, int segmentBytes)
    {
        _folder = folder;
        _owner = owner;
        _segmentBytes = segmentBytes;
    }

    /// <summary>The segments in order of revision.</summary>
    internal IReadOnlyList<SegmentExtent> Extents =>
        [.. _order.Select(segment => new SegmentExtent(segment.Number, segment.Length))];

    /// <summary>Writes the next change.</summary>
    internal void Append(in StoredChange change)
    {
        var size = ChangeRecord.SizeOf(change);
        if (_order.Count == 0 || (_order[^1].TotalBytes > 0 && _order[^1].Length + (long)size > _segmentBytes))
        {
            Seal();
            var number = _folder.NextNumber();
            _order.Add(new ChangeSegment(_owner, number, _folder.CreateReceived(number), 0, _segmentBytes));
        }

        var segment = _order[^1];
        segment.Append(change);
        if (segment.UnwrittenBytes > UnwrittenBytesMax)
        {
            WriteOut(segment, isSealed: false);
        }
    }

    /// <summary>
    /// Makes the last segment durable, too. Each one was read back and checked meanwhile, for its index.
    /// </summary>
    internal void Finish() => Seal();

    /// <summary>Gives the segments, which are durable, their lasting names, durably.</summary>
    internal void Keep()
    {
        foreach (var segment in _order)
        {
            segment.File.Dispose();
            _folder.Keep(segment.Number);
        }

        _folder.Sync();
    }

    /// <summary>Removes the segments, which are of no use.</summary>
    internal void Discard()
    {
        foreach (var segment in _order)
        {
            segment.File.Dispose();
            _folder.DeleteReceived(segment.Number);
        }

        _order.Clear();
    }

    private void Seal()
    {
        if (_order.Count == 0)
        {
            return;
        }

        var segment = _order[^1];
        WriteOut(segment, isSealed: true);
        _folder.WriteIndex(segment.Number, SegmentSidecar.Make(_owner, segment, segment.Length).Span);
    }

    // Synced piece by piece: a whole segment at once would keep the disk from all else that wants to be durable meanwhile, on
    // this member and on whoever shares its disk.
    private static void WriteOut(ChangeSegment segment, bool isSealed)
    {
        segment.WriteOut();
        segment.Sync(segment.Length);
        for (var idle = segment.IdleChunks(isSealed); idle > 0; idle--)
        {
            segment.ForgetOldest();
        }
    }
}
