namespace Sync.Confd.Plan.Actions;

/// <summary>Who a file belongs to.</summary>
/// <param name="UserId">The owner's number.</param>
/// <param name="GroupId">The group's number.</param>
public readonly record struct FileOwner(int UserId, int GroupId);
