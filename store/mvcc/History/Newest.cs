using Sync.Mvcc.Trees;

namespace Sync.Mvcc.History;

/// <summary>What the key tree knows of a key: its newest change, and whether the key exists now.</summary>
internal readonly struct Newest : IWeighted
{
    // One word: the ordinal, shifted left by the bit that says whether the key exists.
    private readonly long _word;

    public Newest(long ordinal, bool exists) => _word = (ordinal << 1) | (exists ? 1L : 0L);

    /// <summary>The ordinal of the key's newest change in the <see cref="ChangeLog"/>.</summary>
    public long Ordinal => _word >> 1;

    /// <summary>Whether that change is a put.</summary>
    public bool Exists => (_word & 1) != 0;

    /// <inheritdoc/>
    public int Weight => (int)(_word & 1);
}
