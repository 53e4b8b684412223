using System.Collections.Immutable;

namespace Sync.Raft.Membership;

/// <summary>
/// Who votes in a group and who only listens. An immutable value; two are equal when they name the same members
/// in the same parts. Source: Raft thesis, sections 4.2.1 and 4.3.
/// </summary>
/// <remarks>
/// A change of one member goes straight from one configuration to the next. A change of several passes through a
/// joint configuration, in which every decision needs a majority of the old voters and one of the new ones.
/// Example, replacing voters 2 and 3 by 4 and 5, while 3 stays as a learner:
/// <code>
///                Voters     OutgoingVoters   Learners   NextLearners
/// before         1 2 3
/// joint          1 4 5      1 2 3                       3
/// after leaving  1 4 5                       3
/// </code>
/// </remarks>
public sealed class GroupConfiguration : IEquatable<GroupConfiguration>
{
    /// <summary>A configuration of <paramref name="voters"/> alone.</summary>
    /// <param name="voters">At least one member, none twice, in any order.</param>
    /// <exception cref="ArgumentException">
    /// There is no voter, one is named twice, or one is "no member".
    /// </exception>
    public GroupConfiguration(params IReadOnlyCollection<MemberId> voters)
        : this(voters, learners: [])
    {
    }

    /// <summary>A configuration with all its parts, each in any order and without a member twice.</summary>
    /// <param name="voters">At least one.</param>
    /// <param name="learners">Members without a vote; none of them votes.</param>
    /// <param name="outgoingVoters">The voters before, while the configuration is joint; else empty.</param>
    /// <param name="nextLearners">
    /// Outgoing voters that are learners once the joint configuration is left; none of them is a voter or a
    /// learner yet.
    /// </param>
    /// <param name="leavesJointByItself">
    /// Whether the leader leaves the joint configuration without being told to; false when it is not joint.
    /// </param>
    /// <exception cref="ArgumentException">The parts do not fit each other.</exception>
    public GroupConfiguration(
        IReadOnlyCollection<MemberId> voters,
        IReadOnlyCollection<MemberId> learners,
        IReadOnlyCollection<MemberId>? outgoingVoters = null,
        IReadOnlyCollection<MemberId>? nextLearners = null,
        bool leavesJointByItself = false)
    {
        ArgumentNullException.ThrowIfNull(voters);
        ArgumentNullException.ThrowIfNull(learners);

        outgoingVoters ??= [];
        nextLearners ??= [];
        if (FaultOf(voters, learners, outgoingVoters, nextLearners, leavesJointByItself) is { } fault)
        {
            throw new ArgumentException(fault, nameof(voters));
        }

        Voters = [.. voters.Order()];
        Learners = [.. learners.Order()];
        OutgoingVoters = [.. outgoingVoters.Order()];
        NextLearners = [.. nextLearners.Order()];
        LeavesJointByItself = leavesJointByItself;
        AllVoters = IsJoint ? [.. Voters.Union(OutgoingVoters).Order()] : Voters;
        Members = [.. AllVoters.Union(Learners).Order()];
    }

    private GroupConfiguration()
    {
        Voters = OutgoingVoters = Learners = NextLearners = AllVoters = Members = [];
    }

    /// <summary>
    /// Nobody is known: the configuration of a member that joins a group and holds nothing of it. It takes no
    /// entries before a snapshot, for it lacks the state that they change. It is never written down.
    /// </summary>
    public static GroupConfiguration Unknown { get; } = new();

    /// <summary>The voters in ascending order; while the configuration is joint, the new ones.</summary>
    public ImmutableArray<MemberId> Voters { get; }

    /// <summary>The voters before, in ascending order, while the configuration is joint; else empty.</summary>
    public ImmutableArray<MemberId> OutgoingVoters { get; }

    /// <summary>Members that take entries and have no vote, in ascending order. Their number has no limit.</summary>
    public ImmutableArray<MemberId> Learners { get; }

    /// <summary>Outgoing voters that are learners once the joint configuration is left, in ascending order.</summary>
    public ImmutableArray<MemberId> NextLearners { get; }

    /// <summary>Whether the leader leaves the joint configuration without being told to.</summary>
    public bool LeavesJointByItself { get; }

    /// <summary>Whether decisions need two majorities.</summary>
    public bool IsJoint => !OutgoingVoters.IsEmpty;

    /// <summary>All that have a vote, incoming or outgoing, in ascending order.</summary>
    public ImmutableArray<MemberId> AllVoters { get; }

    /// <summary>All members, with a vote or without, in ascending order.</summary>
    public ImmutableArray<MemberId> Members { get; }

    /// <summary>Whether <paramref name="member"/> votes, as an incoming or an outgoing voter.</summary>
    public bool IsVoter(MemberId member) => AllVoters.BinarySearch(member) >= 0;

    /// <summary>Whether <paramref name="member"/> takes entries and has no vote.</summary>
    public bool IsLearner(MemberId member) => Learners.BinarySearch(member) >= 0;

    /// <summary>Whether <paramref name="member"/> is in any part.</summary>
    public bool Contains(MemberId member) => Members.BinarySearch(member) >= 0;

    /// <inheritdoc/>
    public bool Equals(GroupConfiguration? other) =>
        other is not null
        && Voters.SequenceEqual(other.Voters)
        && OutgoingVoters.SequenceEqual(other.OutgoingVoters)
        && Learners.SequenceEqual(other.Learners)
        && NextLearners.SequenceEqual(other.NextLearners)
        && LeavesJointByItself == other.LeavesJointByItself;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as GroupConfiguration);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(Voters.Length, Voters.FirstOrDefault(), OutgoingVoters.Length, Learners.Length);

    /// <summary>
    /// The parts that are not empty, such as <c>voters [1 2 3] outgoing [1 2] learners [4]</c>.
    /// </summary>
    public override string ToString() =>
        $"voters [{string.Join(' ', Voters)}]"
        + Part(" outgoing", OutgoingVoters)
        + Part(" learners", Learners)
        + Part(" next learners", NextLearners)
        + (LeavesJointByItself ? " leaves by itself" : "");

    /// <summary>What is wrong with parts that are to make a configuration.</summary>
    /// <returns>One sentence; null when they fit each other.</returns>
    internal static string? FaultOf(
        IReadOnlyCollection<MemberId> voters,
        IReadOnlyCollection<MemberId> learners,
        IReadOnlyCollection<MemberId> outgoingVoters,
        IReadOnlyCollection<MemberId> nextLearners,
        bool leavesJointByItself)
    {
        if (voters.Count == 0 || !AreDistinct(voters))
        {
            return "A group needs at least one voter, none of them twice and none of them 0; "
                + $"got [{string.Join(' ', voters)}].";
        }

        if (!AreDistinct(outgoingVoters) || !AreDistinct(learners) || !AreDistinct(nextLearners))
        {
            return "No part of a group's configuration names a member twice, or 0.";
        }

        if (learners.Intersect(voters.Concat(outgoingVoters)).Any())
        {
            return $"A learner has no vote; the learners are [{string.Join(' ', learners)}].";
        }

        if (nextLearners.Except(outgoingVoters).Any() || nextLearners.Intersect(voters).Any())
        {
            return $"A next learner votes among the outgoing voters alone; "
                + $"the next learners are [{string.Join(' ', nextLearners)}].";
        }

        return leavesJointByItself && outgoingVoters.Count == 0
            ? "A configuration that is not joint cannot leave a joint one."
            : null;
    }

    private static bool AreDistinct(IReadOnlyCollection<MemberId> members) =>
        members.Distinct().Count() == members.Count && !members.Contains(MemberId.None);

    private static string Part(string name, ImmutableArray<MemberId> members) =>
        members.IsEmpty ? "" : $"{name} [{string.Join(' ', members)}]";
}
