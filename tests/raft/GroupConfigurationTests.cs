using Sync.Raft.Membership;

namespace Sync.Raft.Tests;

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
        one.Contains(new MemberId(2)).Should().BeTrue();
        one.Contains(new MemberId(4)).Should().BeFalse();
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
}
