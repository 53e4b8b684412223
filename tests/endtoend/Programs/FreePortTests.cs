using System.Net;
using System.Net.Sockets;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Programs;

/// <summary>The ports that tests give to their programs stay theirs.</summary>
public sealed class FreePortTests
{
    [Fact]
    public void No_port_is_given_twice_also_beyond_the_end_of_a_block()
    {
        var ports = Enumerable.Range(0, 4).SelectMany(_ => FreePort.Take(100)).ToList();

        ports.Should().OnlyHaveUniqueItems().And.OnlyContain(port => port > FreePort.First && port < 32_768);
        ports.Select(ClaimOf).Distinct().Count().Should().BeGreaterThan(1);
    }

    [Fact]
    public void No_other_process_can_claim_the_block_of_a_port_that_was_given()
    {
        using var other = new TcpListener(IPAddress.Loopback, ClaimOf(FreePort.Take()));

        var claim = () => other.Start();

        claim.Should().Throw<SocketException>().Which.SocketErrorCode.Should().Be(SocketError.AddressAlreadyInUse);
    }

    private static int ClaimOf(int port) => port - ((port - FreePort.First) % FreePort.BlockSize);
}
