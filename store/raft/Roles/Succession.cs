namespace Sync.Raft.Roles;

/// <summary>A leader's handover of its office, while it is under way. Source: Raft thesis, section 3.10.</summary>
/// <param name="successor">Who is to lead.</param>
/// <param name="ticksMax">When it is given up.</param>
internal sealed class Succession(MemberId successor, int ticksMax)
{
    private int _ticks;

    /// <summary>Who is to lead.</summary>
    public MemberId Successor => successor;

    /// <summary>Lets a tick pass.</summary>
    /// <returns>Whether the handover is to be given up.</returns>
    public bool Tick() => ++_ticks >= ticksMax;
}
