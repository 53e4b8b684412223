using CsCheck;
using Sync.Raft.Membership;

namespace Sync.Raft.Tests.Membership;

public class ReconfigurationTests
{
    // What makes it safe, whatever the change: a decision before it and one after it have a member in common.
    [Fact]
    public void Majorities_before_and_after_any_change_meet() =>
        Gen.Select(Configurations.Any, Configurations.Change).Sample((before, change) =>
        {
            if (Reconfiguration.Apply(before, change) is not ChangeVerdict.Changed { Configuration: var after })
            {
                return;
            }

            var members = before.AllVoters.Union(after.AllVoters).ToArray();
            for (var chosen = 0; chosen < 1 << members.Length; chosen++)
            {
                var quorum = members.Where((_, position) => (chosen >> position & 1) == 1).ToHashSet();
                var rest = members.Except(quorum).ToHashSet();
                Assert.False(
                    IsQuorum(before, quorum) && IsQuorum(after, rest), $"{before} and {after} both decide");
            }
        }, iter: 300);

    [Fact]
    public void Leaving_ends_a_joint_configuration_and_nothing_else_changes_it() =>
        Gen.Select(Configurations.Any, Configurations.Change).Sample((before, change) =>
            Reconfiguration.Apply(before, change) switch
            {
                ChangeVerdict.Changed { Configuration: var after } =>
                    before.IsJoint == change.LeavesJoint && (!before.IsJoint || !after.IsJoint),
                ChangeVerdict.Refused { Refusal: var refusal } => refusal == (
                    change.LeavesJoint ? ChangeRefusal.IsNotJoint
                    : before.IsJoint ? ChangeRefusal.IsJoint
                    : ChangeRefusal.LeavesNoVoter),
                _ => false,
            });

    [Theory]
    [InlineData("voters [1 2 3]", "+4", "voters [1 2 3 4]")]
    [InlineData("voters [1 2 3]", "-3", "voters [1 2]")]
    [InlineData("voters [1 2 3]", "~4", "voters [1 2 3] learners [4]")]
    [InlineData("voters [1 2 3]", "~3", "voters [1 2] learners [3]")]
    [InlineData("voters [1 2 3]", "+2", "voters [1 2 3]")]
    [InlineData("voters [1 2 3]", "+4 -1", "voters [2 3 4] outgoing [1 2 3] leaves by itself")]
    [InlineData("voters [1 2 3]", "+4 ~1", "voters [2 3 4] outgoing [1 2 3] next learners [1] leaves by itself")]
    [InlineData("voters [1 2 3]", "~4 +4", "voters [1 2 3 4] outgoing [1 2 3] leaves by itself")]
    [InlineData("voters [1 2 3]", "-1 +1", "voters [1 2 3] outgoing [1 2 3] leaves by itself")]
    public void A_change_gives_the_configuration_that_the_thesis_says(string before, string change, string after)
    {
        var current = new GroupConfiguration(Ids(before.Split('[', ']')[1]));

        Reconfiguration.Apply(current, ChangeOf(change))
            .Should().BeOfType<ChangeVerdict.Changed>().Which.Configuration.ToString().Should().Be(after);
    }

    [Fact]
    public void Leaving_turns_next_learners_into_learners()
    {
        var joint = new GroupConfiguration(
            Ids("2 3 4"), learners: Ids("9"), outgoingVoters: Ids("1 2 3"), nextLearners: Ids("1"));

        Reconfiguration.Apply(joint, ConfigurationChange.LeaveJoint)
            .Should().Be(new ChangeVerdict.Changed(new GroupConfiguration(Ids("2 3 4"), Ids("1 9"))));
    }

    private static bool IsQuorum(GroupConfiguration configuration, HashSet<MemberId> members) =>
        2 * configuration.Voters.Count(members.Contains) > configuration.Voters.Length
        && (!configuration.IsJoint || 2 * configuration.OutgoingVoters.Count(members.Contains)
            > configuration.OutgoingVoters.Length);

    private static ConfigurationChange ChangeOf(string text) => new(
        [.. text.Split(' ').Select(word => new MemberChange(
            word[0] switch
            {
                '+' => MemberChangeKind.AddVoter,
                '~' => MemberChangeKind.AddLearner,
                _ => MemberChangeKind.Remove,
            },
            new MemberId(ulong.Parse(word[1..]))))],
        ChangeTransition.Automatic,
        default);

    private static MemberId[] Ids(string ids) => [.. ids.Split(' ').Select(id => new MemberId(ulong.Parse(id)))];
}
