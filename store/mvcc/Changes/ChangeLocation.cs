namespace Sync.Mvcc.Changes;

/// <summary>Where a change lies outside memory. Only the <see cref="IChangeStore"/> knows what it means.</summary>
/// <param name="Segment">The number of a segment.</param>
/// <param name="Offset">The first byte of the change's record in the segment.</param>
/// <param name="Length">The record's size in bytes.</param>
public readonly record struct ChangeLocation(int Segment, uint Offset, int Length);
