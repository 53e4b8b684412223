using System.Collections.Immutable;

namespace Sync.Raft.Membership;

/// <summary>
/// How a group gets from one configuration to the next. The numbers stand in files and messages and never
/// change.
/// </summary>
public enum ChangeTransition
{
    /// <summary>
    /// At once when one member changes; when several do, through a joint configuration that the leader leaves
    /// by itself.
    /// </summary>
    Automatic = 0,

    /// <summary>Through a joint configuration that the leader leaves by itself, even for one member.</summary>
    JointLeftByItself = 1,

    /// <summary>Through a joint configuration that lasts until <see cref="ConfigurationChange.LeaveJoint"/>.</summary>
    JointUntilTold = 2,
}

/// <summary>
/// A change of a group's configuration, as an entry of kind <see cref="Log.EntryKind.Configuration"/> carries it.
/// Two are equal when all their parts are. Source: Raft thesis, sections 4.1 and 4.3.
/// </summary>
/// <param name="Changes">What becomes of each member, in order; empty to leave a joint configuration.</param>
/// <param name="Transition">How the group gets there.</param>
/// <param name="Context">
/// Bytes of the owner that the core carries along and never reads, such as a new member's addresses. Whoever
/// creates the change gives them away: nobody may change them any more.
/// </param>
public sealed record ConfigurationChange(
    ImmutableArray<MemberChange> Changes, ChangeTransition Transition, ReadOnlyMemory<byte> Context)
{
    /// <summary>Ends a joint configuration.</summary>
    public static ConfigurationChange LeaveJoint { get; } = new([], ChangeTransition.Automatic, default);

    /// <summary>Whether this ends a joint configuration.</summary>
    public bool LeavesJoint => Changes.IsEmpty;

    /// <summary>A change of one member, made at once.</summary>
    /// <param name="change">What becomes of it.</param>
    /// <param name="context">Bytes of the owner.</param>
    public static ConfigurationChange Of(MemberChange change, ReadOnlyMemory<byte> context = default) =>
        new([change], ChangeTransition.Automatic, context);

    /// <inheritdoc/>
    public bool Equals(ConfigurationChange? other) =>
        other is not null
        && Transition == other.Transition
        && Changes.SequenceEqual(other.Changes)
        && Context.Span.SequenceEqual(other.Context.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Transition, Changes.Length, Context.Length);
}
