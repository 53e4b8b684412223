using Sync.Store.Options;

namespace Sync.Store.Tests.Options;

public class InitialClusterTests
{
    [Fact]
    public void The_default_member_and_cluster_have_etcds_identities()
    {
        var faults = new List<string>();

        var cluster = InitialCluster.Parse("default=http://localhost:2380", "etcd-cluster", faults);

        faults.Should().BeEmpty();
        cluster.MemberIdOf("default").Should().Be(0x8e9e05c52164694d, "every default etcd has this identity");
        cluster.ClusterId.Should().Be(0xcdf818194e3a8c32, "every default etcd cluster has this identity");
    }

    [Fact]
    public void Another_token_gives_another_cluster()
    {
        var one = InitialCluster.Parse("a=http://127.0.0.1:1", "one", []);
        var two = InitialCluster.Parse("a=http://127.0.0.1:1", "two", []);

        one.ClusterId.Should().NotBe(two.ClusterId);
        one.MemberIdOf("a").Should().NotBe(two.MemberIdOf("a"));
    }

    [Fact]
    public void A_members_identity_does_not_depend_on_the_order_of_its_urls()
    {
        var one = InitialCluster.Parse("a=http://127.0.0.1:1,a=http://127.0.0.1:2", "t", []);
        var two = InitialCluster.Parse("a=http://127.0.0.1:2,a=http://127.0.0.1:1", "t", []);

        one.MemberIdOf("a").Should().Be(two.MemberIdOf("a"));
    }

    [Theory]
    [InlineData("http://127.0.0.1:1", "--initial-cluster: http://127.0.0.1:1 is not of the form name=url.")]
    [InlineData("a=127.0.0.1:1", "--initial-cluster: 127.0.0.1:1 is not a URL*")]
    [InlineData("a=http://127.0.0.1", "--initial-cluster: http://127.0.0.1 names no port.*")]
    [InlineData("a=http://127.0.0.1:1/x", "--initial-cluster: http://127.0.0.1:1/x must end after the port*")]
    [InlineData("a=http://127.0.0.1:1,b=http://127.0.0.1:1", "initial cluster * has duplicate url http://127.0.0.1:1.")]
    public void A_wrong_entry_is_named(string value, string fault)
    {
        var faults = new List<string>();

        InitialCluster.Parse(value, "t", faults);

        faults.Should().ContainSingle().Which.Should().Match(fault);
    }
}
