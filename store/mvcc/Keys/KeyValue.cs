using Sync.Mvcc.Leases;

namespace Sync.Mvcc.Keys;

/// <summary>A key with its value and history numbers, as of some revision. Compared by content.</summary>
/// <param name="Key">The key's bytes.</param>
/// <param name="CreateRevision">The put that began the key's present life.</param>
/// <param name="ModRevision">The last put; for the event of a delete, the delete.</param>
/// <param name="Version">Puts since the key's present life began; the first is 1.</param>
/// <param name="Value">The value's bytes; empty when only keys were asked for.</param>
/// <param name="Lease">The lease that the last put attached.</param>
public sealed record KeyValue(
    ReadOnlyMemory<byte> Key,
    Revision CreateRevision,
    Revision ModRevision,
    long Version,
    ReadOnlyMemory<byte> Value,
    LeaseId Lease)
{
    /// <summary>Whether all six parts are equal, byte for byte.</summary>
    public bool Equals(KeyValue? other) =>
        other is not null
        && ModRevision == other.ModRevision
        && CreateRevision == other.CreateRevision
        && Version == other.Version
        && Lease == other.Lease
        && Key.Span.SequenceEqual(other.Key.Span)
        && Value.Span.SequenceEqual(other.Value.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Key.Span);
        hash.Add(ModRevision);
        return hash.ToHashCode();
    }
}
