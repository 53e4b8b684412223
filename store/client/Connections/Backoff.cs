namespace Sync.Etcd.Client.Connections;

/// <summary>How long to wait before the next attempt, a pure function of what happened so far.</summary>
public static class Backoff
{
    // 2^30 times any first wait of a millisecond or more is beyond every sensible longest one.
    private const int DoublingsMax = 30;

    /// <summary>The wait after <paramref name="failures"/> failures in a row.</summary>
    /// <param name="failures">Failures since the last success, from 1.</param>
    /// <param name="settings">The first and the longest wait.</param>
    /// <param name="chance">A random number in [0, 1), so that many clients do not return at once.</param>
    /// <returns>Between half of and the whole doubled wait, never above the longest.</returns>
    public static TimeSpan After(int failures, BackoffSettings settings, double chance)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);

        var doublings = Math.Min(failures - 1, DoublingsMax);
        var whole = Math.Min(settings.First.TotalMilliseconds * Math.Pow(2, doublings),
            settings.Longest.TotalMilliseconds);

        return TimeSpan.FromMilliseconds(whole * (0.5 + chance / 2));
    }
}
