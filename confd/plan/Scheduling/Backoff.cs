namespace Sync.Confd.Plan.Scheduling;

/// <summary>The pause before an attempt is repeated: doubling from a first to a longest one.</summary>
/// <param name="First">The pause after the first failure.</param>
/// <param name="Longest">The cap.</param>
public sealed record Backoff(TimeSpan First, TimeSpan Longest)
{
    private const double Jitter = 0.3;
    private const int DoublingsMax = 30;

    /// <summary>The pause after a number of failures in a row.</summary>
    /// <param name="failures">At least 1.</param>
    /// <param name="chance">From 0 to below 1; spreads the pause by 30 % to either side.</param>
    public TimeSpan PauseAfter(int failures, double chance)
    {
        var doubled = First * Math.Pow(2, Math.Min(failures - 1, DoublingsMax));
        var capped = doubled < Longest ? doubled : Longest;
        return capped * (1 - Jitter + (2 * Jitter * chance));
    }
}
