using System.Net;
using Sync.Metad.Clients;
using Sync.TestKit;

namespace Sync.Metad.Tests.Clients;

/// <summary>Links by their names, as the kernel lists them.</summary>
public sealed class LinkTableTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("fe80::1%2", "fe80::1%eth0")]
    [InlineData("fe80::1%18", "fe80::1%br-lan.7")]
    [InlineData("fe80::1%3", "fe80::1%3")]
    [InlineData("fe80::1", "fe80::1")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("10.0.0.1", "10.0.0.1")]
    public void A_peer_of_a_link_is_told_with_the_links_name(string peer, string expected)
    {
        var links = new LinkTable(_folder.Write("if_inet6",
            """
            00000000000000000000000000000001 01 80 10 80       lo
            fe80000000000000021122fffe334455 02 40 20 80     eth0
            20010db8000000000000000000000001 02 40 00 80     eth0
            fe800000000000000000000000000012 12 40 20 80 br-lan.7

            """));

        links.AddressOf(IPAddress.Parse(peer)).ToString().Should().Be(expected);
    }

    [Fact]
    public void Without_a_list_the_number_is_left() =>
        new LinkTable(_folder.At("none")).AddressOf(IPAddress.Parse("fe80::1%2")).ToString().Should().Be("fe80::1%2");
}
