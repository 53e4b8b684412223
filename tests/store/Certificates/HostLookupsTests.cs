using System.Net;
using DnsClient;
using Sync.Store.Certificates;
using Sync.TestKit;

namespace Sync.Store.Tests.Certificates;

public sealed class HostLookupsTests : IDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly CancellationToken _limit = Deadline.Default;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("fd00::1")]
    public async Task All_names_of_an_address_that_the_name_service_knows_are_found(string address)
    {
        using var server = NewServer(address, "10-0-0-1.clients.test", "one.pods.test");

        var answer = await LookupsAt(server).NamesOfAsync(IPAddress.Parse(address)).WaitAsync(_limit);

        answer.Found.Should().BeEquivalentTo("10-0-0-1.clients.test", "one.pods.test");
    }

    [Fact]
    public async Task An_address_in_the_list_of_hosts_has_the_names_that_stand_there()
    {
        using var server = NewServer("10.0.0.1", "other.test");
        _folder.Write("hosts", "10.0.0.1 one.test one\n");

        var answer = await LookupsAt(server).NamesOfAsync(IPAddress.Parse("10.0.0.1")).WaitAsync(_limit);

        answer.Found.Should().Equal("one.test", "one");
    }

    [Fact]
    public async Task Without_an_answer_nothing_is_found_and_the_reason_is_told()
    {
        var nobody = new LookupClientOptions(new IPEndPoint(IPAddress.Loopback, FreePort.Take()))
        {
            UseCache = false,
            Retries = 0,
            Timeout = TimeSpan.FromMilliseconds(100),
        };
        var lookups = new HostLookups(_folder.At("none"), nobody);

        var answer = await lookups.NamesOfAsync(IPAddress.Parse("10.0.0.1")).WaitAsync(_limit);

        answer.Found.Should().BeEmpty();
        answer.Failure.Should().StartWith("10.0.0.1: ");
    }

    [Fact]
    public async Task A_name_is_found_as_this_system_finds_it()
    {
        var answer = await HostLookups.OfSystem.AddressesOfAsync("localhost").WaitAsync(_limit);

        answer.Found.Should().NotBeEmpty().And.OnlyContain(address => IPAddress.IsLoopback(address));
    }

    [Theory]
    [InlineData("sync.invalid")]
    [InlineData("0.0.0.0")]
    public async Task A_name_that_leads_nowhere_is_told_with_the_reason(string name)
    {
        var answer = await HostLookups.OfSystem.AddressesOfAsync(name).WaitAsync(_limit);

        answer.Found.Should().BeEmpty();
        answer.Failure.Should().StartWith($"{name}: ");
    }

    private static DnsServer NewServer(string address, params IReadOnlyList<string> names)
    {
        var server = new DnsServer(new IPEndPoint(IPAddress.Loopback, 0));
        foreach (var name in names)
        {
            server.AddPointer(IPAddress.Parse(address).GetArpaName().TrimEnd('.'), name);
        }

        return server;
    }

    private HostLookups LookupsAt(DnsServer server) =>
        new(_folder.At("hosts"), new LookupClientOptions(server.EndPoint) { UseCache = false });
}
