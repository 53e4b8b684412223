namespace Sync.Mvcc;

/// <summary>What all members of a group must have in common for their keyspaces to stay equal.</summary>
public sealed record KeyspaceSettings
{
    /// <summary>The time to live that a shorter grant is raised to, in seconds; 2 by default.</summary>
    public long LeaseTtlMinimumSeconds { get; init; } = 2;
}
