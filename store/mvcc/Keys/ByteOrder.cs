namespace Sync.Mvcc.Keys;

/// <summary>Orders byte strings by their first differing byte, unsigned; a prefix comes first.</summary>
internal sealed class ByteOrder : IComparer<ReadOnlyMemory<byte>>
{
    public static readonly ByteOrder Instance = new();

    /// <inheritdoc/>
    public int Compare(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceCompareTo(y.Span);
}
