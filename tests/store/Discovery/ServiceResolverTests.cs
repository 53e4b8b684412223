using System.Net;
using DnsClient;
using Sync.Store.Discovery;
using Sync.Store.Hosting;
using Sync.Store.Peers;
using Sync.TestKit;

namespace Sync.Store.Tests.Discovery;

public sealed class ServiceResolverTests : IDisposable
{
    private const string Service = "_etcd-server-ssl._tcp.example.test";

    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(1));
    private readonly DnsServer _server = new(new IPEndPoint(IPAddress.Loopback, 0));

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Each_record_is_a_place_with_the_addresses_of_its_host()
    {
        _server.AddService(Service, "LocalHost", 2380);
        _server.AddService(Service, "nowhere.invalid", 2381);

        var places = await FindAsync();

        places.Select(place => place.Url).Should().BeEquivalentTo("https://localhost:2380", "https://nowhere.invalid:2381");
        places.Single(place => place.Port == 2380).Addresses.Should().Contain(IPAddress.Loopback);
        places.Single(place => place.Port == 2381).Addresses.Should().BeEmpty();
    }

    [Fact]
    public async Task A_service_that_is_not_there_or_not_offered_is_nowhere()
    {
        (await FindAsync()).Should().BeEmpty("the name does not exist");
        _server.AddService(Service, ".", 0);

        (await FindAsync()).Should().BeEmpty("a dot says that it is not offered");
    }

    [Fact]
    public async Task A_name_server_that_fails_is_named_and_not_taken_for_one_that_knows_of_no_service()
    {
        _server.ResponseCode = 2;

        var act = FindAsync;

        (await act.Should().ThrowAsync<StartException>()).WithMessage(
            $"error querying DNS SRV records for {Service}: {_server.EndPoint} answers: *");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task The_first_name_server_that_knows_counts_whatever_becomes_of_the_others(byte responseCode)
    {
        using var other = new DnsServer(new IPEndPoint(IPAddress.Loopback, 0));
        other.ResponseCode = 2;
        _server.ResponseCode = responseCode;
        NameServer[] before = [new(other.EndPoint), new(_server.EndPoint)];
        NameServer[] after = [new(_server.EndPoint), new(other.EndPoint)];

        (await new ServiceResolver(before).FindAsync(Service, "https", _limit)).Should().BeEmpty();
        (await new ServiceResolver(after).FindAsync(Service, "https", _limit)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_name_server_that_cannot_be_asked_is_an_error_too()
    {
        // The system refuses to send to all of a network.
        var resolver = new ServiceResolver([new NameServer(IPAddress.Broadcast)]);

        var act = () => resolver.FindAsync(Service, "https", _limit);

        (await act.Should().ThrowAsync<StartException>()).WithMessage($"error querying DNS SRV records for {Service}: *");
    }

    private Task<IReadOnlyList<PeerPlace>> FindAsync() =>
        new ServiceResolver([new NameServer(_server.EndPoint)]).FindAsync(Service, "https", _limit);
}
