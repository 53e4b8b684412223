using Google.Protobuf;
using Sync.Etcd.Client.Keys;

namespace Sync.Etcd.Client.Mirroring;

/// <summary>What happened to one key.</summary>
/// <param name="Key">The key.</param>
public abstract record KeyChange(ByteString Key)
{
    /// <summary>The key got a value, perhaps the one it had.</summary>
    /// <param name="Pair">The pair from now on.</param>
    /// <param name="Previous">The pair before; null when the key is new.</param>
    public sealed record Put(StoredPair Pair, StoredPair? Previous) : KeyChange(Pair.Key);

    /// <summary>The key went.</summary>
    /// <param name="Previous">The pair that was.</param>
    public sealed record Removal(StoredPair Previous) : KeyChange(Previous.Key);
}
