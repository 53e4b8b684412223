using Sync.Mvcc.Leases;

namespace Sync.Mvcc.Changes;

/// <summary>A change without its value: all that the index keeps of it.</summary>
/// <param name="Key">The key's bytes, never empty.</param>
/// <param name="Id">The revision <c>main.sub</c> of the change.</param>
/// <param name="Kind">Put or delete.</param>
/// <param name="CreateRevision">The put that began the key's present life; none for a delete.</param>
/// <param name="Version">Puts since then, counting this one; 0 for a delete.</param>
/// <param name="Lease">The lease that holds the key; none for a delete.</param>
public readonly record struct ChangeHeader(
    ReadOnlyMemory<byte> Key,
    ChangeId Id,
    ChangeKind Kind,
    Revision CreateRevision,
    long Version,
    LeaseId Lease);
