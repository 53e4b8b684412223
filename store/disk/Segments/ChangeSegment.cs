using Sync.Mvcc.Changes;

namespace Sync.Disk.Segments;

/// <summary>
/// One segment: a file that only grows, and its latest bytes in memory. One thread appends and writes out; any
/// thread reads.
/// </summary>
internal sealed class ChangeSegment
{
    private const int UsualChunkBytes = 64 * 1024;

    private readonly SegmentOwner _owner;
    private readonly int _chunkBytes;

    // What is in memory, in order, without gaps up to Length. Replaced whole, so that readers need no lock; a chunk is
    // taken out only after its bytes are in the file.
    private SegmentChunk[] _chunks = [];
    private uint _writtenLength;
    private uint _syncedLength;
    private bool _isRewritten;

    /// <summary>A segment of a file.</summary>
    /// <param name="owner">Whose changes it holds.</param>
    /// <param name="number">Its number.</param>
    /// <param name="file">The file.</param>
    /// <param name="length">How many valid bytes the file holds; 0 for a new one.</param>
    /// <param name="usualBytes">About how large it is to become.</param>
    internal ChangeSegment(SegmentOwner owner, int number, IDiskFile file, uint length, int usualBytes)
    {
        _owner = owner;
        _chunkBytes = Math.Min(UsualChunkBytes, usualBytes);
        Number = number;
        File = file;
        Length = _writtenLength = _syncedLength = length;
        if (length == 0)
        {
            SegmentHead.Encode(owner, number, Reserve(SegmentHead.SizeBytes));
        }
    }

    /// <summary>The segment's number.</summary>
    internal int Number { get; }

    /// <summary>Its file.</summary>
    internal IDiskFile File { get; }

    /// <summary>Whether a rewrite has taken its place. Any thread.</summary>
    internal bool IsRewritten
    {
        get => Volatile.Read(ref _isRewritten);
        set => Volatile.Write(ref _isRewritten, value);
    }

    /// <summary>The valid length in bytes, head included, written out or not.</summary>
    internal uint Length { get; private set; }

    /// <summary>The bytes of its changes.</summary>
    internal long TotalBytes => Length - SegmentHead.SizeBytes;

    /// <summary>The bytes of its released changes.</summary>
    internal long DeadBytes { get; set; }

    /// <summary>How many bytes wait to be written out.</summary>
    internal long UnwrittenBytes => Length - _writtenLength;

    /// <summary>How much of <see cref="DeadBytes"/> a rewrite had to keep: deletes whose puts may lie before them.</summary>
    internal long KeptDeadBytes { get; set; }

    /// <summary>The share of its bytes that a rewrite would save.</summary>
    /// <param name="isOldest">Whether nothing lies before it, so that it can all be saved.</param>
    internal double DeadShare(bool isOldest) =>
        TotalBytes == 0 ? 1 : (double)(isOldest ? DeadBytes : DeadBytes - KeptDeadBytes) / TotalBytes;

    /// <summary>Appends a change.</summary>
    internal ChangeLocation Append(in StoredChange change)
    {
        var size = ChangeRecord.SizeOf(change);
        var offset = Length;
        ChangeRecord.Encode(change, Reserve(size), SegmentHead.SeedAt(_owner, Number, offset));
        return new ChangeLocation(Number, offset, size);
    }

    /// <summary>Takes the last change back, which was not written out.</summary>
    internal void Undo(ChangeLocation last)
    {
        Invariant.Require(
            last.Offset + last.Length == Length && last.Offset >= _writtenLength, "only the last change is taken back");
        Length = last.Offset;
        _chunks[^1].Count -= last.Length;
    }

    /// <summary>Reads a change.</summary>
    /// <exception cref="DamageException">It is not what was written.</exception>
    internal StoredChange Read(ChangeLocation location)
    {
        var record = InMemory(location);
        if (record.IsEmpty)
        {
            var bytes = new byte[location.Length];
            File.Read(bytes, location.Offset);
            record = bytes;
        }

        return ChangeRecord.TryDecode(record, SegmentHead.SeedAt(_owner, Number, location.Offset), out var change)
            ? change
            : throw Damage(location.Offset);
    }

    /// <summary>Writes out what waits.</summary>
    internal void WriteOut()
    {
        foreach (var chunk in _chunks)
        {
            var done = (int)Math.Clamp((long)_writtenLength - chunk.Start, 0, chunk.Count);
            if (done < chunk.Count)
            {
                File.Write(chunk.Bytes.AsSpan(done, chunk.Count - done), chunk.Start + done);
            }
        }

        _writtenLength = Length;
    }

    /// <summary>Waits until a length is on the device. Any thread; what is synced is written out.</summary>
    internal void Sync(uint length)
    {
        if (Volatile.Read(ref _syncedLength) < length)
        {
            File.Sync();
            Volatile.Write(ref _syncedLength, length);
        }
    }

    /// <summary>How many chunks, from the oldest on, are full and written out.</summary>
    /// <param name="isSealed">Whether nothing more will come, so that the last one counts as full.</param>
    internal int IdleChunks(bool isSealed) =>
        UnwrittenBytes > 0 ? 0 : Math.Max(0, _chunks.Length - (isSealed ? 0 : 1));

    /// <summary>Takes the oldest chunk out of memory.</summary>
    /// <returns>Its size in bytes.</returns>
    internal int ForgetOldest()
    {
        var size = _chunks[0].Bytes.Length;
        Volatile.Write(ref _chunks, _chunks[1..]);
        return size;
    }

    /// <summary>How much memory the chunks take, in bytes.</summary>
    internal long MemoryBytes
    {
        get
        {
            var bytes = 0L;
            foreach (var chunk in _chunks)
            {
                bytes += chunk.Bytes.Length;
            }

            return bytes;
        }
    }

    /// <summary>Every change with its record and location, each byte checked. Any thread.</summary>
    /// <param name="length">The valid length, written out.</param>
    /// <remarks>A change's bytes are valid until the next is asked for.</remarks>
    /// <exception cref="DamageException">One is not what was written.</exception>
    internal IEnumerable<(ReadOnlyMemory<byte> Record, StoredChange Change, ChangeLocation Location)> Scan(uint length)
    {
        var window = new ReadWindow(File, length);
        uint offset = SegmentHead.SizeBytes;
        while (offset < length)
        {
            var size = ChangeRecord.SizeFrom(window.At(offset, ChangeRecord.HeaderBytes), length - offset)
                ?? throw Damage(offset);
            var seed = SegmentHead.SeedAt(_owner, Number, offset);
            var record = window.MemoryAt(offset, size);
            if (!ChangeRecord.TryDecode(record, seed, out var change))
            {
                throw Damage(offset);
            }

            yield return (record, change, new ChangeLocation(Number, offset, size));
            offset += (uint)size;
        }
    }

    private ReadOnlyMemory<byte> InMemory(ChangeLocation location)
    {
        var chunks = Volatile.Read(ref _chunks);
        if (chunks.Length == 0 || location.Offset < chunks[0].Start)
        {
            return default;
        }

        var (low, high) = (0, chunks.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = chunks[middle].Start <= location.Offset ? (middle, high) : (low, middle - 1);
        }

        var start = (int)(location.Offset - chunks[low].Start);
        return start + location.Length <= chunks[low].Bytes.Length
            ? chunks[low].Bytes.AsMemory(start, location.Length)
            : default;
    }

    private Span<byte> Reserve(int size)
    {
        if (Length + (long)size > uint.MaxValue)
        {
            throw Invariant.Broken($"a segment of {Length} B takes {size} B more");
        }

        var chunk = _chunks.Length > 0 ? _chunks[^1] : null;
        if (chunk is null || chunk.Count + size > chunk.Bytes.Length)
        {
            chunk = new SegmentChunk(Length, new byte[Math.Max(_chunkBytes, size)]);
            Volatile.Write(ref _chunks, [.. _chunks, chunk]);
        }

        chunk.Count += size;
        Length += (uint)size;
        return chunk.Bytes.AsSpan(chunk.Count - size, size);
    }

    private DamageException Damage(uint offset) =>
        new(File.Path, offset, "the change is not what was written", DamageException.UsualRemedy);
}

/// <summary>A part of a segment in memory. Its bytes are written once and never change.</summary>
/// <param name="start">Its offset in the segment.</param>
/// <param name="bytes">The bytes, also those yet to be filled.</param>
internal sealed class SegmentChunk(uint start, byte[] bytes)
{
    /// <summary>Its offset in the segment.</summary>
    internal uint Start { get; } = start;

    /// <summary>The bytes, also those yet to be filled.</summary>
    internal byte[] Bytes { get; } = bytes;

    /// <summary>How many are filled. For the appending thread.</summary>
    internal int Count { get; set; }
}
