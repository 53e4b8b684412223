using System.Threading.RateLimiting;

namespace Sync.Metad.Admission;

/// <summary>Counts failures of authentication by address: one that failed too often is not looked at for a moment.</summary>
internal sealed class FailureLimit : IDisposable
{
    private readonly PartitionedRateLimiter<string> _failures = PartitionedRateLimiter.Create<string, string>(
        peer => RateLimitPartition.GetTokenBucketLimiter(peer, _ => new()
        {
            TokenLimit = 10,
            TokensPerPeriod = 5,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        }));

    /// <summary>States that an address has failed too often.</summary>
    /// <param name="peer">The address.</param>
    // Whole permits: asking for none succeeds with a part of one too, and then no failure would be counted.
    public bool IsReached(string peer) => _failures.GetStatistics(peer) is { CurrentAvailablePermits: 0 };

    /// <summary>Counts a failure.</summary>
    /// <param name="peer">The address.</param>
    public void Count(string peer) => _failures.AttemptAcquire(peer).Dispose();

    /// <inheritdoc/>
    public void Dispose() => _failures.Dispose();
}
