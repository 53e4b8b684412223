namespace Sync.Templates.Keys;

/// <summary>Compares byte sequences as unsigned bytes, the order of Go's strings.</summary>
internal sealed class ByteOrder : IComparer<byte[]>
{
    /// <summary>The only instance.</summary>
    public static ByteOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
}
