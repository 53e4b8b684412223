namespace Sync.Mvcc.History;

/// <summary>The records of <see cref="Size"/> consecutive ordinals.</summary>
/// <remarks>
/// The last chunk is filled in place: a view never looks behind its own count. Everything else about a chunk
/// changes only in a copy made by the present batch.
/// </remarks>
/// <param name="batch">The batch that made the chunk.</param>
/// <param name="records">The records.</param>
/// <param name="slots">
/// Null when record i has slot i; otherwise the ascending slots of the few records that are left.
/// </param>
internal sealed class LogChunk(long batch, ChangeRecord[] records, ushort[]? slots)
{
    public const int Bits = 9;
    public const int Size = 1 << Bits;

    // A chunk with this many records or fewer keeps only them.
    public const int Sparse = Size / 2;

    private static readonly ChangeRecord[] Missing = [new() { Key = [], Previous = -1, Jump = -1 }];

    public long Batch { get; } = batch;

    public ChangeRecord[] Records { get; } = records;

    public ushort[]? Slots { get; } = slots;

    /// <summary>
    /// About how many records may become removable: overwritten ones and deletes. Zero is exact. Only the
    /// writer looks at it, so it may change in a shared chunk.
    /// </summary>
    public int Removable { get; set; }

    /// <summary>No change.</summary>
    public static ref readonly ChangeRecord None => ref Missing[0];

    /// <summary>The record of a slot, or <see cref="None"/>.</summary>
    public ref readonly ChangeRecord this[int slot]
    {
        get
        {
            var index = IndexOf(slot);
            return ref index >= 0 ? ref Records[index] : ref Missing[0];
        }
    }

    /// <summary>The index in <see cref="Records"/> of a slot; negative when the slot is removed.</summary>
    public int IndexOf(int slot) => Slots is null ? slot : Slots.AsSpan().BinarySearch((ushort)slot);

    public LogChunk CopyFor(long batch) =>
        new(batch, (ChangeRecord[])Records.Clone(), Slots) { Removable = Removable };

    /// <summary>A copy with only the records that are left.</summary>
    /// <param name="batch">The batch that may change it.</param>
    /// <param name="left">How many are left.</param>
    public LogChunk Condense(long batch, int left)
    {
        var records = new ChangeRecord[left];
        var slots = new ushort[left];
        var kept = 0;
        for (var index = 0; index < Records.Length; index++)
        {
            if (!Records[index].IsMissing)
            {
                records[kept] = Records[index];
                slots[kept++] = Slots is null ? (ushort)index : Slots[index];
            }
        }

        return new(batch, records, slots) { Removable = Removable };
    }
}

/// <summary>The chunks of a run of ordinals. A chunk of which nothing is left is null.</summary>
/// <param name="batch">The batch that made the page.</param>
internal sealed class LogPage(long batch)
{
    public const int Bits = 9;
    public const int Size = 1 << Bits;

    public long Batch { get; } = batch;

    public LogChunk?[] Chunks { get; private init; } = new LogChunk?[Size];

    /// <summary>The revision of each chunk's first record, also when the record is removed.</summary>
    public long[] FirstRevisions { get; private init; } = new long[Size];

    public LogPage CopyFor(long batch) => new(batch)
    {
        Chunks = (LogChunk?[])Chunks.Clone(),
        FirstRevisions = (long[])FirstRevisions.Clone(),
    };
}

/// <summary>The pages of a log. A page of which nothing is left is null.</summary>
/// <param name="batch">The batch that made the directory.</param>
/// <param name="size">How many pages it has room for.</param>
internal sealed class LogDirectory(long batch, int size)
{
    public long Batch { get; } = batch;

    public LogPage?[] Pages { get; } = new LogPage?[size];

    /// <summary>The revision of each page's first record, also when the record is removed.</summary>
    public long[] FirstRevisions { get; } = new long[size];

    public LogDirectory CopyFor(long batch, int size)
    {
        var copy = new LogDirectory(batch, size);
        Array.Copy(Pages, copy.Pages, Pages.Length);
        Array.Copy(FirstRevisions, copy.FirstRevisions, FirstRevisions.Length);
        return copy;
    }
}
