namespace Sync.Raft.Reads;

/// <summary>
/// For how long a leader may answer reads without asking: a majority heard it when a round began, or later, and
/// elects nobody else for an election timeout. Source: Raft thesis, section 6.4.1.
/// </summary>
/// <param name="settings">They hold the timeout and how much clocks may differ.</param>
internal sealed class ReadLease(ConsensusSettings settings)
{
    // A round begins somewhere between two ticks, and a follower's first tick after it may come at once.
    private const int PartialTicks = 2;

    private readonly long _lengthTicks = settings.ElectionTicks - settings.LeaseDriftTicks - PartialTicks;
    private long? _startTick;

    /// <summary>Takes note that a majority has answered a round.</summary>
    /// <param name="roundTick">When the round began.</param>
    public void Confirm(long roundTick) => _startTick = Math.Max(_startTick ?? roundTick, roundTick);

    /// <summary>Whether reads may be answered now.</summary>
    /// <param name="tick">The leader's tick.</param>
    public bool Covers(long tick) => _startTick is { } start && tick - start <= _lengthTicks;

    /// <summary>Ends the lease; the next confirmed round begins another.</summary>
    public void End() => _startTick = null;
}
