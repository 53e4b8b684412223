namespace Sync.Mvcc.Leases;

/// <summary>How a <see cref="Lessor"/> spends its proposals.</summary>
public sealed record LessorSettings
{
    /// <summary>After how long a revocation that was not accepted is proposed again, in milliseconds; 3,000 by default.</summary>
    public long RevocationRetryMilliseconds { get; init; } = 3_000;

    /// <summary>
    /// How long after its last renewal, or after the last time it was written down, a lease's remaining time is
    /// written down, in milliseconds; 60,000 by default. Leases that have no more than that left are not.
    /// </summary>
    public long CheckpointIntervalMilliseconds { get; init; } = 60_000;
}
