namespace Sync.Store.Snapshots;

/// <summary>Says how long a sender waits after each piece, to keep within a rate.</summary>
/// <remarks>
/// Where the receiver, or its disk, held the sender up, hardly anything is made up for: a burst after it would take from the
/// clients of both what the rate is there to leave them.
/// </remarks>
/// <param name="bytesPerSecond">The rate.</param>
internal sealed class SendingPace(long bytesPerSecond)
{
    // About what a timer is late by.
    private static readonly TimeSpan MadeUpMax = TimeSpan.FromMilliseconds(20);

    // When what was sent so far should have been sent.
    private TimeSpan _due;

    /// <summary>Takes note of a piece.</summary>
    /// <param name="bytes">How large it is.</param>
    /// <param name="now">The time since the beginning.</param>
    /// <returns>How long to wait before the next one.</returns>
    public TimeSpan After(int bytes, TimeSpan now)
    {
        var earliest = now - MadeUpMax;
        _due = (_due > earliest ? _due : earliest) + TimeSpan.FromSeconds((double)bytes / bytesPerSecond);
        return _due > now ? _due - now : TimeSpan.Zero;
    }
}
