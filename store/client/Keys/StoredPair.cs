using Google.Protobuf;
using Sync.Etcd.Api;

namespace Sync.Etcd.Client.Keys;

/// <summary>A key, its value and their place in the store's history, as of one revision.</summary>
/// <param name="Key">The key's bytes.</param>
/// <param name="Value">The value's bytes.</param>
/// <param name="CreateRevision">Revision of the put that began the key's current life.</param>
/// <param name="ModRevision">Revision of the last put.</param>
/// <param name="Version">Puts since creation, from 1.</param>
/// <param name="LeaseId">The lease the key goes with; 0 is none.</param>
public sealed record StoredPair(
    ByteString Key, ByteString Value, long CreateRevision, long ModRevision, long Version, long LeaseId)
{
    /// <summary>The key read as UTF-8; bytes that are none become U+FFFD.</summary>
    public string KeyText => Key.ToStringUtf8();

    /// <summary>The value read as UTF-8; bytes that are none become U+FFFD.</summary>
    public string ValueText => Value.ToStringUtf8();

    /// <summary>The pair that <paramref name="pair"/> carries over the wire.</summary>
    public static StoredPair From(KeyValue pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        return new StoredPair(pair.Key, pair.Value, pair.CreateRevision, pair.ModRevision, pair.Version, pair.Lease);
    }
}
