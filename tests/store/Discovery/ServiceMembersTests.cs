using System.Net;
using Sync.Store.Discovery;
using Sync.Store.Hosting;
using Sync.Store.Peers;

namespace Sync.Store.Tests.Discovery;

public class ServiceMembersTests
{
    private static readonly PeerPlace A = Place("a.example", "10.0.0.1");
    private static readonly PeerPlace B = Place("b.example", "10.0.0.2");
    private static readonly PeerPlace C = Place("c.example", "10.0.0.3");

    [Fact]
    public void A_member_is_found_by_its_address_and_called_by_its_name_while_the_others_are_counted()
    {
        var cluster = ServiceMembers.Found("mine", [Place("10.0.0.2", "10.0.0.2")], [C, B, A], "t");

        cluster.Text.Should().Be("0=https://a.example:2380,1=https://c.example:2380,mine=https://b.example:2380");
    }

    [Fact]
    public void All_members_come_to_one_cluster_whatever_the_order_of_the_records()
    {
        var founded = new[]
        {
            ServiceMembers.Found("x", [A], [A, B, C], "t"),
            ServiceMembers.Found("y", [B], [C, B, A], "t"),
            ServiceMembers.Found("z", [C], [B, A, C], "t"),
        };

        founded.Select(cluster => cluster.ClusterId).Distinct().Should().ContainSingle();
        founded[0].MemberIdOf("x").Should().NotBe(founded[1].MemberIdOf("y"));
    }

    [Fact]
    public void A_host_without_an_address_keeps_its_place()
    {
        var cluster = ServiceMembers.Found("mine", [A], [A, B with { Addresses = [] }], "t");

        cluster.ClusterId.Should().Be(ServiceMembers.Found("other", [B], [A, B], "t").ClusterId);
    }

    [Fact]
    public void A_member_whose_host_has_no_address_here_is_found_by_the_hosts_name()
    {
        var own = A with { Addresses = [] };

        ServiceMembers.Found("mine", [own], [own, B], "t").PeerUrls["mine"].Should().Equal("https://a.example:2380");
    }

    [Fact]
    public void A_member_that_is_called_by_a_number_keeps_it()
    {
        ServiceMembers.Found("0", [B], [A, B], "t").PeerUrls.Should().HaveCount(2).And.ContainKey("0")
            .WhoseValue.Should().Equal("https://b.example:2380");
    }

    [Fact]
    public void A_member_that_the_records_do_not_name_is_told_whom_they_name()
    {
        var act = () => ServiceMembers.Found("mine", [C], [A, B with { Addresses = [] }], "t");

        act.Should().Throw<StartException>().WithMessage(
            "cannot find local etcd member \"mine\" in SRV records: none is for --initial-advertise-peer-urls, "
            + "https://c.example:2380 (10.0.0.3). They are for https://a.example:2380 (10.0.0.1), "
            + "https://b.example:2380 (which has no address here).");
    }

    [Fact]
    public void Another_port_of_the_same_machine_is_another_member()
    {
        var cluster = ServiceMembers.Found("mine", [A with { Port = 3380 }], [A, A with { Port = 3380 }], "t");

        cluster.PeerUrls["mine"].Should().Equal("https://a.example:3380");
    }

    [Fact]
    public void A_record_with_the_other_scheme_is_refused_rather_than_left_out()
    {
        var act = () => ServiceMembers.Found("mine", [A], [A with { Scheme = "http" }, B], "t");

        act.Should().Throw<StartException>().WithMessage(
            "bootstrap at http://a.example:2380 from DNS has scheme mismatch with expected peer https://a.example:2380*");
    }

    [Fact]
    public void A_member_with_two_records_is_refused()
    {
        var act = () => ServiceMembers.Found("mine", [A], [A, A with { Host = "alias.example" }], "t");

        act.Should().Throw<StartException>().WithMessage("The SRV records name this member 2 times*");
    }

    private static PeerPlace Place(string host, string address) => new("https", host, 2380, [IPAddress.Parse(address)]);
}
