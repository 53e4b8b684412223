namespace Sync.Mvcc.Leases;

/// <summary>The replicated part of a lease.</summary>
/// <param name="Id">Its name.</param>
/// <param name="GrantedTtlSeconds">The time to live that it was granted.</param>
/// <param name="RemainingTtlSeconds">
/// The last remaining time that a leader wrote down; 0 when none was, or when a renewal made it void, and the
/// lease has its whole time.
/// </param>
public sealed record LeaseState(LeaseId Id, long GrantedTtlSeconds, long RemainingTtlSeconds);
