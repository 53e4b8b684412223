namespace Sync.Raft.Membership;

/// <summary>What a change makes of a configuration.</summary>
internal abstract record ChangeVerdict
{
    private ChangeVerdict()
    {
    }

    /// <summary>The change is possible.</summary>
    /// <param name="Configuration">The configuration after it.</param>
    public sealed record Changed(GroupConfiguration Configuration) : ChangeVerdict;

    /// <summary>The change is impossible.</summary>
    /// <param name="Refusal">Why.</param>
    public sealed record Refused(ChangeRefusal Refusal) : ChangeVerdict;
}
