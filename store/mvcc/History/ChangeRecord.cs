using Sync.Mvcc.Changes;
using Sync.Mvcc.Leases;

namespace Sync.Mvcc.History;

/// <summary>All that memory holds of one change. The key's bytes are shared with the key tree.</summary>
/// <remarks>
/// The changes of one key form a chain by <see cref="Previous"/>, newest first. <see cref="Jump"/> leads further
/// back in the chain, as in a skew-binary list, so that any place in a chain of n changes is found in log n
/// steps. Example, eight puts of one key, by depth:
/// <code>
/// depth     1  2  3  4  5  6  7  8
/// previous  0  1  2  3  4  5  6  7
/// jump      0  1  0  3  4  3  0  7
/// </code>
/// where 0 is "before the first". A link to a removed change counts as "before the first", too: only changes
/// that no readable revision shows are removed.
/// Source: E. Myers, An applicative random-access stack, 1983.
/// </remarks>
internal struct ChangeRecord
{
    public byte[] Key;
    public long Main;
    public long Create;
    public long Version;
    public long Lease;
    public long Previous;
    public long Jump;
    public int Depth;
    public int Sub;
    public ChangeLocation Location;

    /// <summary>Whether there is no change here: it is removed, or before the first.</summary>
    public readonly bool IsMissing => Main == 0;

    /// <summary>Whether the change is a delete.</summary>
    public readonly bool IsDelete => Version == 0;

    /// <summary>The change's revision.</summary>
    public readonly ChangeId Id => new(new Revision(Main), Sub);

    /// <summary>The record in the form that the store knows.</summary>
    public readonly ChangeHeader Header => new(
        Key,
        Id,
        IsDelete ? ChangeKind.Delete : ChangeKind.Put,
        new Revision(Create),
        Version,
        new LeaseId(Lease));
}
