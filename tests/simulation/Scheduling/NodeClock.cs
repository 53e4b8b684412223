namespace Sync.Simulation.Scheduling;

/// <summary>A member's monotonic clock: it began somewhere and runs a little fast or slow.</summary>
/// <param name="offsetMilliseconds">What it showed at virtual time 0.</param>
/// <param name="rate">How much it advances in one virtual second, in seconds.</param>
internal sealed class NodeClock(long offsetMilliseconds, double rate)
{
    /// <summary>What it shows at a virtual time.</summary>
    public long MillisecondsAt(long time) => offsetMilliseconds + (long)(time * rate / 1000);

    /// <summary>The virtual time at which it shows so much.</summary>
    public long TimeOf(long milliseconds) => (long)Math.Ceiling((milliseconds - offsetMilliseconds) * 1000 / rate);
}
