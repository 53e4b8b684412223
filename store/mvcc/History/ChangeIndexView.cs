using Sync.Mvcc.Keys;
using Sync.Mvcc.Trees;

namespace Sync.Mvcc.History;

/// <summary>A <see cref="ChangeIndex"/> as it was at one moment.</summary>
/// <param name="Keys">Every key that a held change names, with its newest change.</param>
/// <param name="Log">The held changes.</param>
internal readonly record struct ChangeIndexView(KeyTreeView<Newest> Keys, ChangeLogView Log)
{
    /// <summary>The put that gives a key its value now; a missing record when the key does not exist.</summary>
    public ref readonly ChangeRecord Find(ReadOnlySpan<byte> key)
    {
        if (!Keys.TryFind(key, out _, out var newest) || !newest.Exists)
        {
            return ref LogChunk.None;
        }

        return ref Log[newest.Ordinal];
    }

    /// <summary>The put that gave a key its value at a revision; a missing record when there was none.</summary>
    public ref readonly ChangeRecord FindAt(long newestOrdinal, long revision)
    {
        ref readonly var record = ref Log[Log.FindAt(newestOrdinal, revision)];
        if (record.IsDelete)
        {
            return ref LogChunk.None;
        }

        return ref record;
    }

    /// <summary>
    /// Whether a compaction keeps a change that is not after it: the change is the newest of its key up to
    /// there, and a put or, at that very revision, a delete that watches from there shall still see.
    /// </summary>
    public bool IsKeptAt(long ordinal, long compacted)
    {
        ref readonly var record = ref Log[ordinal];
        return Keys.TryFind(record.Key, out _, out var newest)
            && Log.FindAt(newest.Ordinal, compacted) == ordinal
            && (!record.IsDelete || record.Main == compacted);
    }

    /// <summary>How many keys of a range exist now.</summary>
    public long CountNow(KeyRange range) => Keys.WeightOf(range);
}
