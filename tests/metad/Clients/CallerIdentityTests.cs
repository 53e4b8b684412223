using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Sync.Metad.Clients;
using Sync.Metad.Options;

namespace Sync.Metad.Tests.Clients;

/// <summary>Who a caller is, with every kind of forwarding header.</summary>
public sealed class CallerIdentityTests
{
    private const string Peer = "10.9.9.9";

    [Theory]
    [InlineData(null, Peer)]
    [InlineData("", Peer)]
    [InlineData("  ", Peer)]
    [InlineData("10.0.0.1", "10.0.0.1")]
    [InlineData(" 10.0.0.1 ", "10.0.0.1")]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1")]
    [InlineData("FE80::2", "fe80::2")]
    [InlineData("1.1.1.1, 10.0.0.1", "10.0.0.1")]
    [InlineData("1.1.1.1|10.0.0.1", "10.0.0.1")]
    [InlineData("10.0.0.1:80", "malformed")]
    [InlineData("[::1]", "malformed")]
    [InlineData("/", "malformed")]
    [InlineData("..", "malformed")]
    [InlineData(".", "malformed")]
    [InlineData("10.0.0.1/node", "malformed")]
    [InlineData("10.0.0.1,", "malformed")]
    [InlineData("010.0.0.1", "malformed")]
    [InlineData("unknown", "malformed")]
    public void With_everybody_trusted_the_last_entry_is_the_caller(string? header, string expected) =>
        Identify(new() { ForwardedFor = true }, Peer, header).Should().Be(expected);

    [Theory]
    [InlineData("10.0.0.5", "192.168.1.1", "192.168.1.1")]
    [InlineData("10.0.0.5", "6.6.6.6, 192.168.1.1", "192.168.1.1")]
    [InlineData("10.0.0.5", "6.6.6.6, 192.168.1.1, 10.0.0.6", "192.168.1.1")]
    [InlineData("10.0.0.5", "10.0.0.7, 10.0.0.6", "10.0.0.7")]
    [InlineData("10.0.0.5", "junk, 192.168.1.1", "192.168.1.1")]
    [InlineData("10.0.0.5", "192.168.1.1, junk", "malformed")]
    [InlineData("10.0.0.5", "junk, 10.0.0.6", "malformed")]
    [InlineData("192.168.9.9", "192.168.1.1", "192.168.9.9")]
    [InlineData("192.168.9.9", "junk", "192.168.9.9")]
    public void The_list_is_read_from_the_right_past_trusted_proxies(string peer, string header, string expected)
    {
        var options = new MetadOptions { ForwardedFor = true, TrustedProxies = { "10.0.0.0/24" } };

        Identify(options, peer, header).Should().Be(expected);
    }

    [Fact]
    public void The_header_means_nothing_while_it_is_off() =>
        Identify(new(), Peer, "10.0.0.1").Should().Be(Peer);

    [Fact]
    public void The_header_is_refused_when_strict() =>
        Identify(new() { Strict = true }, Peer, "10.0.0.1").Should().Be("forwarded");

    [Fact]
    public void A_mapped_peer_is_the_ipv4_caller() =>
        Identify(new(), "::ffff:10.0.0.1", null).Should().Be("10.0.0.1");

    [Fact]
    public void A_neighbour_on_another_link_is_another_caller()
    {
        Identify(new(), "fe80::1%4711", null).Should().Be("fe80::1%4711", "no interface has this number");
        Identify(new(), "fe80::1%4712", null).Should().Be("fe80::1%4712");
        Identify(new() { ForwardedFor = true }, Peer, "FE80::1%eth0").Should().Be("fe80::1%eth0");
    }

    private static string Identify(MetadOptions options, string peer, string? header)
    {
        var lines = header is null ? StringValues.Empty : new StringValues(header.Split('|'));
        var headers = new HeaderDictionary();
        if (header is not null)
        {
            headers["X-Forwarded-For"] = lines;
        }

        return new CallerIdentity(options, new(options), signatures: null, new()).Identify(IPAddress.Parse(peer), headers) switch
        {
            Caller.Known known => known.Client.ToString(),
            Caller.Malformed => "malformed",
            _ => "forwarded",
        };
    }
}
