namespace Sync.Disk.Wal;

/// <summary>Records that go to the disk together, in one buffer that is used again and again.</summary>
internal sealed class LogBatch
{
    private const int UsualBytes = 64 * 1024;
    private const int KeptBytesMax = 8 * 1024 * 1024;

    private byte[] _bytes = new byte[UsualBytes];

    /// <summary>The parts of the buffer, one for each segment that it reaches into; mostly one.</summary>
    internal List<LogPiece> Pieces { get; } = [];

    /// <summary>What each group that appended has reached with this batch.</summary>
    internal List<GroupReach> Reaches { get; } = [];

    /// <summary>The number that the batch is acknowledged by.</summary>
    internal long Ticket { get; set; }

    /// <summary>How many bytes are filled.</summary>
    internal int Count { get; private set; }

    /// <summary>The bytes of a piece.</summary>
    internal ReadOnlySpan<byte> this[LogPiece piece] => _bytes.AsSpan(piece.Start, piece.Count);

    /// <summary>Room for a record behind the last one.</summary>
    internal Span<byte> Reserve(int size)
    {
        if (Count + size > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(Count + size, _bytes.Length * 2));
        }

        Count += size;
        var last = Pieces[^1];
        Pieces[^1] = last with { Count = last.Count + size };
        return _bytes.AsSpan(Count - size, size);
    }

    /// <summary>Notes how far a group reaches, instead of what was noted for it before.</summary>
    internal void Reached(in GroupReach reach)
    {
        for (var number = 0; number < Reaches.Count; number++)
        {
            if (Reaches[number].Log == reach.Log)
            {
                Reaches[number] = reach;
                return;
            }
        }

        Reaches.Add(reach);
    }

    /// <summary>Empties the batch; a buffer that grew far beyond the usual is given back.</summary>
    internal void Clear()
    {
        Count = 0;
        Pieces.Clear();
        Reaches.Clear();
        if (_bytes.Length > KeptBytesMax)
        {
            _bytes = new byte[UsualBytes];
        }
    }
}

/// <summary>The part of a batch that lies in one segment.</summary>
/// <param name="Sequence">The segment.</param>
/// <param name="Offset">Where in the segment it is written.</param>
/// <param name="Start">Where in the buffer it begins.</param>
/// <param name="Count">Its size.</param>
internal readonly record struct LogPiece(long Sequence, uint Offset, int Start, int Count);

/// <summary>How far a group's log reaches once a batch is durable.</summary>
/// <param name="Log">The group's log.</param>
/// <param name="Last">Its last entry.</param>
/// <param name="Dropped">The last entry that is not needed any more.</param>
internal readonly record struct GroupReach(GroupLog Log, ulong Last, ulong Dropped);
