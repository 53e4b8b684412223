using CsCheck;
using Sync.Raft.Membership;

namespace Sync.Raft.Tests.Membership;

public class GroupConfigurationTests
{
    [Fact]
    public void Configurations_of_the_same_voters_are_equal_in_any_order()
    {
        var one = new GroupConfiguration(new MemberId(3), new MemberId(1), new MemberId(2));
        var other = new GroupConfiguration(new MemberId(1), new MemberId(2), new MemberId(3));

        one.Should().Be(other);
        one.GetHashCode().Should().Be(other.GetHashCode());
        one.ToString().Should().Be("voters [1 2 3]");
        one.IsVoter(new MemberId(2)).Should().BeTrue();
        one.IsVoter(new MemberId(4)).Should().BeFalse();
    }

    [Theory]
    [InlineData()]
    [InlineData(1UL, 1UL)]
    [InlineData(0UL, 1UL)]
    public void A_configuration_without_sense_is_refused(params ulong[] voters)
    {
        var create = () => new GroupConfiguration([.. voters.Select(voter => new MemberId(voter))]);

        create.Should().Throw<ArgumentException>().WithMessage("A group needs at least one voter*");
    }

    [Fact]
    public void A_joint_configuration_says_all_its_parts()
    {
        var joint = new GroupConfiguration(
            voters: Ids(4, 1), learners: Ids(7), outgoingVoters: Ids(1, 3), nextLearners: Ids(3),
            leavesJointByItself: true);

        joint.ToString().Should().Be(
            "voters [1 4] outgoing [1 3] learners [7] next learners [3] leaves by itself");
        joint.AllVoters.Should().Equal(Ids(1, 3, 4));
        joint.Members.Should().Equal(Ids(1, 3, 4, 7));
        joint.IsVoter(new MemberId(3)).Should().BeTrue("it votes until the joint configuration is left");
        joint.IsLearner(new MemberId(3)).Should().BeFalse();
    }

    [Theory]
    [InlineData("1", "1", "", "", false, "A learner has no vote*")]
    [InlineData("1", "2", "2", "", false, "A learner has no vote*")]
    [InlineData("1", "", "2", "3", false, "A next learner votes among the outgoing*")]
    [InlineData("1", "", "1", "1", false, "A next learner votes among the outgoing*")]
    [InlineData("1", "", "2 2", "", false, "No part*")]
    [InlineData("1", "", "", "", true, "A configuration that is not joint*")]
    public void Parts_that_do_not_fit_each_other_are_refused(
        string voters, string learners, string outgoing, string next, bool leaves, string reason)
    {
        var create = () => new GroupConfiguration(
            Parse(voters), Parse(learners), Parse(outgoing), Parse(next), leaves);

        create.Should().Throw<ArgumentException>().WithMessage(reason);
    }

    [Fact]
    public void A_configuration_is_read_as_it_was_written() =>
        Configurations.Any.Sample(configuration =>
            GroupConfigurationCodec.Decode(GroupConfigurationCodec.Encode(configuration)).Equals(configuration));

    [Fact]
    public void Bytes_that_are_no_configuration_are_refused_with_one_exception() =>
        Gen.Byte.Array[0, 60].Sample(bytes =>
        {
            try
            {
                GroupConfigurationCodec.Decode(bytes);
            }
            catch (FormatException)
            {
                // Refused as it should be.
            }
        });

    [Fact]
    public void A_change_is_read_as_it_was_written() =>
        Configurations.Change.Sample(change =>
            ConfigurationChangeCodec.Decode(ConfigurationChangeCodec.Encode(change)).Equals(change));

    [Fact]
    public void Bytes_that_are_no_change_are_refused_with_one_exception() =>
        Gen.Byte.Array[0, 60].Sample(bytes =>
        {
            try
            {
                ConfigurationChangeCodec.Decode(bytes);
            }
            catch (FormatException)
            {
                // Refused as it should be.
            }
        });

    private static MemberId[] Ids(params ulong[] ids) => [.. ids.Select(id => new MemberId(id))];

    private static MemberId[] Parse(string ids) =>
        [.. ids.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => new MemberId(ulong.Parse(id)))];
}
