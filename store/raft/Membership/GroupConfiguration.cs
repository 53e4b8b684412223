using System.Collections.Immutable;

namespace Sync.Raft.Membership;

/// <summary>Who votes in a group. An immutable value; two are equal when they name the same voters.</summary>
public sealed class GroupConfiguration : IEquatable<GroupConfiguration>
{
    /// <summary>A configuration of <paramref name="voters"/>.</summary>
    /// <param name="voters">At least one member, none twice, in any order.</param>
    /// <exception cref="ArgumentException">
    /// There is no voter, one is named twice, or one is "no member".
    /// </exception>
    public GroupConfiguration(params IReadOnlyCollection<MemberId> voters)
    {
        ArgumentNullException.ThrowIfNull(voters);

        Voters = [.. voters.Distinct().Order()];
        if (Voters.Length == 0 || Voters.Length != voters.Count || Voters[0] == MemberId.None)
        {
            throw new ArgumentException(
                "A group needs at least one voter, none of them twice and none of them 0; "
                + $"got [{string.Join(' ', voters)}].",
                nameof(voters));
        }
    }

    /// <summary>The voters in ascending order.</summary>
    public ImmutableArray<MemberId> Voters { get; }

    /// <summary>Whether <paramref name="member"/> votes.</summary>
    public bool Contains(MemberId member) => PositionOf(member) >= 0;

    /// <inheritdoc/>
    public bool Equals(GroupConfiguration? other) => other is not null && Voters.SequenceEqual(other.Voters);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as GroupConfiguration);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Voters.Length, Voters[0]);

    /// <summary>The voters, such as <c>voters [1 2 3]</c>.</summary>
    public override string ToString() => $"voters [{string.Join(' ', Voters)}]";

    /// <summary>The place of a member in <see cref="Voters"/>, negative when it does not vote.</summary>
    internal int PositionOf(MemberId member) => Voters.BinarySearch(member);
}
