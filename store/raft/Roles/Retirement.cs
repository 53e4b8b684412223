namespace Sync.Raft.Roles;

/// <summary>
/// A leader that was removed and waits until those who stay know. Source: Raft thesis, section 4.2.2.
/// </summary>
/// <param name="round">The round of heartbeats that tells them.</param>
/// <param name="ticksMax">When it goes all the same.</param>
internal sealed class Retirement(ulong round, int ticksMax)
{
    private int _ticks;

    /// <summary>The round of heartbeats that tells them.</summary>
    public ulong Round => round;

    /// <summary>Lets a tick pass.</summary>
    /// <returns>Whether the wait is over.</returns>
    public bool Tick() => ++_ticks >= ticksMax;
}
