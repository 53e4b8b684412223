using System.Net;
using CsCheck;
using Sync.Metad.Model.Clients;

namespace Sync.Metad.Tests.Clients;

public sealed class ClientAddressTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1")]
    [InlineData("::FFFF:7f00:1", "127.0.0.1")]
    [InlineData("FE80::2", "fe80::2")]
    [InlineData("FE80::1%eth0", "fe80::1%eth0")]
    [InlineData("febf::1%3", "febf::1%3")]
    [InlineData("fec0::1%eth0", "fec0::1")]
    [InlineData("2001:db8::1%eth0", "2001:db8::1")]
    [InlineData("::ffff:127.0.0.1%eth0", "127.0.0.1")]
    [InlineData("::", "::")]
    [InlineData("::1", "::1")]
    [InlineData("1::", "1::")]
    [InlineData("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1")]
    [InlineData("2001:0db8::0001", "2001:db8::1")]
    [InlineData("64:ff9b::1.2.3.4", "64:ff9b::102:304")]
    [InlineData("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304")]
    public void An_address_has_one_text(string text, string expected)
    {
        ClientAddress.TryParse(text, out var address).Should().BeTrue();

        address.ToString().Should().Be(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" 10.0.0.1")]
    [InlineData("010.0.0.4")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("0x7f.1")]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("10.0.0.256")]
    [InlineData("10.0.0.1.")]
    [InlineData("10.0.0.1.2")]
    [InlineData("10.0.0.-1")]
    [InlineData("+1.0.0.1")]
    [InlineData("１0.0.0.1")]
    [InlineData("10.0.0.1:80")]
    [InlineData("[::1]")]
    [InlineData("[::1]:80")]
    [InlineData("10.0.0.0/8")]
    [InlineData("/")]
    [InlineData("..")]
    [InlineData(":")]
    [InlineData(":::")]
    [InlineData("1::2::3")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1:2:3:4:5:6:7::8")]
    [InlineData("12345::")]
    [InlineData("g::1")]
    [InlineData("::1.2.3.04")]
    [InlineData("1.2.3.4::")]
    [InlineData("1:1.2.3.4:2::")]
    [InlineData("fe80::1%")]
    [InlineData("fe80::1%a/b")]
    [InlineData("fe80::1%*")]
    [InlineData("fe80::1%eth0%1")]
    [InlineData("fe80::1%sixteen-letters-")]
    [InlineData("2001:db8::1%/")]
    [InlineData("10.0.0.1%eth0")]
    public void Anything_else_is_no_address(string text) =>
        ClientAddress.TryParse(text, out _).Should().BeFalse();

    [Fact]
    public void A_mapped_peer_is_the_ipv4_peer() =>
        ClientAddress.Of(IPAddress.Parse("::ffff:10.1.2.3")).Should().Be(ClientAddress.Of(IPAddress.Parse("10.1.2.3")));

    [Fact]
    public void The_same_address_on_another_link_is_another_caller()
    {
        var peer = ClientAddress.Of(IPAddress.Parse("fe80::1%3"));

        peer.Should().Be(Snapshots.Address("fe80::1%3"));
        peer.Should().NotBe(ClientAddress.Of(IPAddress.Parse("fe80::1%4")));
        peer.Should().NotBe(ClientAddress.Of(IPAddress.Parse("fe80::1")));
        ClientAddress.Of(IPAddress.Parse("fe80::1%3"), "eth0").Should().Be(Snapshots.Address("fe80::1%eth0"));
        ClientAddress.Of(IPAddress.Parse("2001:db8::1%3"), "eth0").Should().Be(Snapshots.Address("2001:db8::1"));
    }

    [Theory]
    [InlineData("fe80::/10", "fe80::1%eth0", true)]
    [InlineData("fe80::1", "fe80::1%eth0", true)]
    [InlineData("fe80::1%eth0", "fe80::1%eth0", true)]
    [InlineData("fe80::1%eth0", "fe80::1%eth1", false)]
    [InlineData("fe80::1%eth0", "fe80::1", false)]
    public void A_block_of_a_link_is_of_that_link_and_one_without_a_zone_of_all(string text, string address, bool expected)
    {
        AddressBlock.TryParse(text, out var block).Should().BeTrue();

        block.Contains(Snapshots.Address(address)).Should().Be(expected);
    }

    [Fact]
    public void Every_address_reads_back_and_agrees_with_the_platform() =>
        Gen.OneOf<byte[]>(Gen.Byte.Array[4], Gen.OneOf<byte>(0, 0, 0, 1, 0xFF).Array[16], Gen.Byte.Array[16]).Sample(bytes =>
        {
            var platform = new IPAddress(bytes);
            var address = ClientAddress.Of(platform);
            return ClientAddress.TryParse(address.ToString(), out var again) && again == address
                && ClientAddress.Of(IPAddress.Parse(address.ToString())) == address;
        }, iter: 20_000);

    [Theory]
    [InlineData("10.0.0.0/8", "10.255.0.1", true)]
    [InlineData("10.0.0.0/8", "11.0.0.1", false)]
    [InlineData("10.0.0.7", "10.0.0.7", true)]
    [InlineData("0.0.0.0/0", "1.2.3.4", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("fd00::/8", "fd12::1", true)]
    [InlineData("::/0", "10.0.0.1", true)]
    public void A_block_holds_its_addresses(string text, string address, bool expected)
    {
        AddressBlock.TryParse(text, out var block).Should().BeTrue();

        block.Contains(Snapshots.Address(address)).Should().Be(expected);
    }
}
