using CsCheck;
using Sync.Raft.Membership;

namespace Sync.Raft.Tests.Membership;

/// <summary>Any configuration of members 1 to 12, and any change of it.</summary>
internal static class Configurations
{
    public static readonly Gen<ConfigurationChange> Change = Gen.Select(
        Gen.Select(Gen.Int[1, 3], Gen.ULong[1, 12]).Array[0, 4], Gen.Int[0, 2], Gen.Byte.Array[0, 8],
        (changes, transition, context) => new ConfigurationChange(
            [.. changes.Select(change => new MemberChange((MemberChangeKind)change.Item1, new MemberId(change.Item2)))],
            (ChangeTransition)transition,
            context));

    // Each of the twelve is nothing, a voter, an outgoing voter, both, a learner, or an outgoing voter and next
    // learner.
    public static readonly Gen<GroupConfiguration> Any = Gen.Select(
        Gen.Int[0, 5].Array[12], Gen.Bool, Gen.Int[0, 11], (parts, leaves, sure) =>
        {
            parts[sure] = 1;
            var outgoing = Of(parts, 2, 3, 5);
            return new GroupConfiguration(
                Of(parts, 1, 3), Of(parts, 4), outgoing, Of(parts, 5), leaves && outgoing.Length > 0);
        });

    private static MemberId[] Of(int[] parts, params int[] wanted) =>
        [.. Enumerable.Range(0, parts.Length)
            .Where(position => wanted.Contains(parts[position]))
            .Select(position => new MemberId((ulong)position + 1))];
}
