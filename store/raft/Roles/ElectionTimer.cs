namespace Sync.Raft.Roles;

/// <summary>Counts the ticks without a leader. Source: Raft paper, section 5.2.</summary>
/// <param name="timeoutTicks">When the wait is over.</param>
internal sealed class ElectionTimer(int timeoutTicks)
{
    /// <summary>Ticks since the start or the last <see cref="Restart"/>.</summary>
    public int ElapsedTicks { get; private set; }

    /// <summary>Lets a tick pass.</summary>
    /// <returns>Whether the wait is over.</returns>
    public bool Tick() => ++ElapsedTicks >= timeoutTicks;

    /// <summary>Begins the wait anew.</summary>
    public void Restart() => ElapsedTicks = 0;
}
