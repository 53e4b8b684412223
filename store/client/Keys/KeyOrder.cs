using Google.Protobuf;

namespace Sync.Etcd.Client.Keys;

/// <summary>The store's order of keys: unsigned bytes, the shorter of two that agree first.</summary>
public sealed class KeyOrder : IComparer<ByteString>
{
    /// <summary>The order; it has no state.</summary>
    public static readonly KeyOrder Instance = new();

    /// <inheritdoc/>
    public int Compare(ByteString? x, ByteString? y) =>
        (x ?? ByteString.Empty).Span.SequenceCompareTo((y ?? ByteString.Empty).Span);
}
