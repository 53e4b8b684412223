using Sync.Member.Membership;
using Sync.Raft;

namespace Sync.Member.Tests.Membership;

/// <summary>The version that a cluster goes by, and what a downgrade makes of it.</summary>
public class ClusterVersionTests
{
    private static readonly ClusterMembers Silent = new(Member(1), Member(2), Member(3));
    private static readonly ClusterVersion Six = new(3, 6);
    private static readonly ClusterVersion Five = new(3, 5);

    [Theory]
    [InlineData("3.5", "3.5.0")]
    [InlineData("3.5.9", "3.5.0")]
    [InlineData("3.10.1", "3.10.0")]
    [InlineData("3", null)]
    [InlineData("3.5.9.1", null)]
    [InlineData("v3.5", null)]
    [InlineData("3.", null)]
    [InlineData("3.-5", null)]
    [InlineData(" 3.5", null)]
    [InlineData("3.99999999999", null)]
    [InlineData("", null)]
    public void A_version_has_two_or_three_numbers(string text, string? read) =>
        ClusterVersion.Parse(text)?.ToString().Should().Be(read);

    [Fact]
    public void Versions_are_compared_as_numbers()
    {
        new ClusterVersion(3, 10).Should().BeGreaterThan(new ClusterVersion(3, 9));
        new ClusterVersion(4, 0).Should().BeGreaterThan(new ClusterVersion(3, 10));
        new ClusterVersion(3, 0).OneLower.Should().BeNull();
    }

    [Fact]
    public void A_cluster_goes_by_the_lowest_version_once_all_have_told_theirs()
    {
        var two = Told(Silent, (1, Six), (2, Five));

        two.Version.Should().BeNull();
        Told(two, (3, Six)).Version.Should().Be(Five);
    }

    [Fact]
    public void The_version_rises_with_the_last_member_and_does_not_fall_with_the_first()
    {
        var upgraded = Told(Silent, (1, Five), (2, Five), (3, Five), (1, Six), (2, Six));

        upgraded.Version.Should().Be(Five);
        upgraded = Told(upgraded, (3, Six));
        upgraded.Version.Should().Be(Six);
        Told(upgraded, (1, Five)).Version.Should().Be(Six);
    }

    [Fact]
    public void The_version_rises_when_the_lowest_member_leaves_and_stays_when_one_joins()
    {
        var mixed = Told(Silent, (1, Five), (2, Six), (3, Six));

        var left = mixed.After(new ClusterChange.Remove(new MemberId(1)));

        left.Version.Should().Be(Six);
        left.After(new ClusterChange.Add(Member(4))).Version.Should().Be(Six);
    }

    [Fact]
    public void A_downgrade_lowers_the_version_at_once_and_ends_when_all_have_told_it()
    {
        var downgrading = Told(Silent, (1, Six), (2, Six), (3, Six)).Downgrading(Five);

        downgrading.Version.Should().Be(Five);
        var two = Told(downgrading, (1, Five), (2, Five));
        two.DowngradeTarget.Should().Be(Five);
        var all = Told(two, (3, Five));
        all.DowngradeTarget.Should().BeNull();
        all.Version.Should().Be(Five);
    }

    [Fact]
    public void A_downgrade_that_is_given_up_raises_the_version_unless_a_member_has_gone_down_already()
    {
        var downgrading = Told(Silent, (1, Six), (2, Six), (3, Six)).Downgrading(Five);

        downgrading.NotDowngrading().Version.Should().Be(Six);
        downgrading.NotDowngrading().DowngradeTarget.Should().BeNull();
        Told(downgrading, (1, Five)).NotDowngrading().Version.Should().Be(Five);
    }

    [Fact]
    public void A_downgrade_goes_one_minor_down_from_a_known_version_and_one_at_a_time()
    {
        var all = Told(Silent, (1, Six), (2, Six), (3, Six));

        all.FindDowngradeRefusal(Five).Should().BeNull();
        all.FindDowngradeRefusal(Six).Should().Be(ClusterRefusal.NotOneLower);
        all.FindDowngradeRefusal(new(3, 4)).Should().Be(ClusterRefusal.NotOneLower);
        Silent.FindDowngradeRefusal(Five).Should().Be(ClusterRefusal.VersionUnknown);
        all.Downgrading(Five).FindDowngradeRefusal(new(3, 4)).Should().Be(ClusterRefusal.DowngradeUnderWay);
    }

    private static ClusterMembers Told(ClusterMembers members, params (ulong Id, ClusterVersion Version)[] told) =>
        told.Aggregate(members, (before, one) => before.With(Member(one.Id) with { Name = "name", Version = one.Version }));

    private static ClusterMember Member(ulong id) => new(new MemberId(id), "", [$"http://{id}"], []);
}
