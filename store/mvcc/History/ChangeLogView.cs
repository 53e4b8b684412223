namespace Sync.Mvcc.History;

/// <summary>A <see cref="ChangeLog"/> as it was at one moment.</summary>
internal readonly struct ChangeLogView(LogDirectory directory, long count)
{
    /// <summary>The ordinal after the last change; removed changes keep theirs.</summary>
    public long Count => count;

    /// <summary>A change by its ordinal, or a missing one when it is removed or was never there.</summary>
    public ref readonly ChangeRecord this[long ordinal]
    {
        get
        {
            if ((ulong)ordinal >= (ulong)count)
            {
                return ref LogChunk.None;
            }

            var chunk = ChunkAt(ordinal >> LogChunk.Bits);
            if (chunk is null)
            {
                return ref LogChunk.None;
            }

            return ref chunk[(int)(ordinal & (LogChunk.Size - 1))];
        }
    }

    /// <summary>Goes back in a key's chain to the newest change that is not after a revision.</summary>
    /// <param name="newest">The ordinal of the key's newest change.</param>
    /// <param name="revision">The revision; at or above the compacted one.</param>
    /// <returns>The ordinal of a change, or one that is missing when there is none.</returns>
    public long FindAt(long newest, long revision)
    {
        var ordinal = newest;
        while (true)
        {
            ref readonly var record = ref this[ordinal];
            if (record.Main <= revision)
            {
                return ordinal;
            }

            ordinal = this[record.Jump].Main > revision ? record.Jump : record.Previous;
        }
    }

    /// <summary>The ordinal of the first held change that is not before a revision; the count when there is none.</summary>
    public long Seek(long revision)
    {
        if (count == 0)
        {
            return 0;
        }

        var lastChunk = (count - 1) >> LogChunk.Bits;
        var page = LastBelow(directory.FirstRevisions, (int)(lastChunk >> LogPage.Bits), revision);
        if (directory.Pages[page] is not { } chunks)
        {
            return SkipMissing(((long)page + 1) << (LogPage.Bits + LogChunk.Bits));
        }

        var isLastPage = lastChunk >> LogPage.Bits == page;
        var lastOfPage = isLastPage ? (int)(lastChunk & (LogPage.Size - 1)) : LogPage.Size - 1;
        var chunk = LastBelow(chunks.FirstRevisions, lastOfPage, revision);
        var ordinal = (((long)page << LogPage.Bits) + chunk) << LogChunk.Bits;
        var end = Math.Min(count, ordinal + LogChunk.Size);
        while (ordinal < end && this[ordinal].Main < revision)
        {
            ordinal++;
        }

        return SkipMissing(ordinal);
    }

    /// <summary>The first ordinal from one on at which a change is left; the count when there is none.</summary>
    public long SkipMissing(long ordinal)
    {
        while (ordinal < count)
        {
            if (directory.Pages[(int)(ordinal >> (LogChunk.Bits + LogPage.Bits))] is null)
            {
                ordinal = RoundUp(ordinal, LogChunk.Bits + LogPage.Bits);
            }
            else if (ChunkAt(ordinal >> LogChunk.Bits) is not { } chunk)
            {
                ordinal = RoundUp(ordinal, LogChunk.Bits);
            }
            else if (chunk[(int)(ordinal & (LogChunk.Size - 1))].IsMissing)
            {
                ordinal++;
            }
            else
            {
                return ordinal;
            }
        }

        return count;
    }

    /// <summary>The chunk of a number, or null when nothing is left of it.</summary>
    internal LogChunk? ChunkAt(long chunk) =>
        directory.Pages[(int)(chunk >> LogPage.Bits)]?.Chunks[(int)(chunk & (LogPage.Size - 1))];

    private static long RoundUp(long ordinal, int bits) => ((ordinal >> bits) + 1) << bits;

    // The last place whose first revision is below the given one, since changes of one revision may begin in
    // the place before; the first place when there is none.
    private static int LastBelow(long[] firstRevisions, int last, long revision)
    {
        var low = 0;
        var high = last;
        while (low < high)
        {
            var middle = (low + high + 1) >> 1;
            if (firstRevisions[middle] < revision)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }
}
