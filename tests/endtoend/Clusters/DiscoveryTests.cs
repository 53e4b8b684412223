using Sync.Conformance.Tests.Servers;
using Sync.EndToEnd.Tests.Programs;
using Sync.Etcd.Api;
using Sync.Etcd.Client;
using Sync.Etcd.Client.Connections;
using Sync.Etcd.Client.Keys;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>Members that know of each other by a token and the endpoint of another store alone.</summary>
public sealed class DiscoveryTests : IAsyncLifetime, IDisposable
{
    private const string Token = "new-cluster";
    private const string Registry = $"/_etcd/registry/{Token}/";

    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(4));
    private readonly TempDirectory _directory = new();
    private readonly List<StoreServer> _running = [];
    private readonly IReadOnlyList<ClusterSeat> _seats = ClusterSeat.Take(["m1", "m2", "m3", "m4"]);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var server in _running)
        {
            await server.DisposeAsync();
        }
    }

    public void Dispose() => _directory.Dispose();

    [Theory]
    [OnStore(OnStoreAttribute.Ours)]
    [OnStore(OnStoreAttribute.Etcd)]
    public async Task Members_that_know_a_token_form_a_cluster_of_the_size_that_stands_in_the_registry(string program)
    {
        var registry = await StartRegistryAsync(program);
        using var client = ClientOf(registry);
        await client.PutAsync($"{Registry}_config/size", "3", cancellation: _limit);

        var members = await Task.WhenAll(_seats.Take(3).Select(seat => StartMemberAsync(seat, registry)));

        using var cluster = new ClusterClient(members);
        await cluster.PutAsync(1, "key", "value", TimeSpan.FromSeconds(30));
        (await cluster.GetAsync(0, "key", TimeSpan.FromSeconds(30))).Should().Be("value");
        var listing = await client.ListAsync([KeyRange.Prefix($"{Registry}members/")], cancellation: _limit);
        listing.Pairs.Select(pair => pair.ValueText).Should().BeEquivalentTo(_seats.Take(3).Select(seat => seat.Entry));

        (await EndAsync(_seats[3], registry)).Should().BeFailure(naming: "discovery: cluster is full");
        (await EndAsync(_seats[0], registry, "--data-dir", _directory.At("empty")))
            .Should().BeFailure(naming: "has already been bootstrapped");
    }

    [Theory]
    [OnStore(OnStoreAttribute.Ours)]
    [OnStore(OnStoreAttribute.Etcd)]
    public async Task A_registry_without_a_size_is_told_by_the_key_that_is_missing(string program)
    {
        var registry = await StartRegistryAsync(program);

        var ended = await EndAsync(_seats[0], registry);

        ended.Should().BeFailure(naming: "discovery: size key not found");
        ended.Errors.Should().Contain($"put {Registry}_config/size 3");
    }

    [DebianFact("etcd")]
    public async Task A_registry_with_users_is_asked_by_those_who_sign_in()
    {
        var registry = await StartRegistryAsync(OnStoreAttribute.Etcd);
        using var client = ClientOf(registry);
        await client.Auth.UserAddAsync(new AuthUserAddRequest { Name = "root", Password = "secret" });
        await client.Auth.UserGrantRoleAsync(new AuthUserGrantRoleRequest { User = "root", Role = "root" });
        await client.Auth.AuthEnableAsync(new AuthEnableRequest());

        (await EndAsync(_seats[0], registry))
            .Should().BeFailure(naming: "refuses this member: etcdserver: user name is empty");
        (await EndAsync(_seats[0], registry, "--discovery-user", "root:wrong"))
            .Should().BeFailure(naming: "refuses this member: etcdserver: authentication failed");
        (await EndAsync(_seats[0], registry, "--discovery-user", "root:secret"))
            .Should().BeFailure(naming: "discovery: size key not found");
    }

    [Fact]
    public async Task A_member_that_waits_for_others_stops_when_told_to_and_is_no_member_yet()
    {
        var registry = await StartRegistryAsync(OnStoreAttribute.Ours);
        using var client = ClientOf(registry);
        await client.PutAsync($"{Registry}_config/size", "2", cancellation: _limit);
        await using var waiting = await RunAsync(_seats[0], registry, "1 of 2 members have registered");

        (await waiting.StopAsync(_limit)).Should().Be(0);

        waiting.Log.Lines.Should().ContainSingle();
        var ended = await EndAsync(_seats[0], registry, "--initial-cluster-state", "existing");
        ended.Should().BeFailure(naming: "discovery URL should not be set when joining existing initial cluster");
    }

    [Fact]
    public async Task A_member_with_data_starts_without_the_registry()
    {
        var registry = await StartRegistryAsync(OnStoreAttribute.Ours);
        using (var client = ClientOf(registry))
        {
            await client.PutAsync($"{Registry}_config/size", "1", cancellation: _limit);
        }

        var member = await StartMemberAsync(_seats[0], registry);
        using (var client = ClientOf(member))
        {
            await client.PutAsync("key", "value", cancellation: _limit);
        }

        (await member.StopAsync(_limit)).Should().Be(0);
        await registry.StopAsync(_limit);
        await member.StartAgainAsync(_limit);

        using var again = ClientOf(member);
        (await again.GetAsync("key", _limit))?.ValueText.Should().Be("value");
    }

    [Fact]
    public async Task A_registry_that_is_away_is_asked_again_until_it_is_there()
    {
        var registry = await StartRegistryAsync(OnStoreAttribute.Ours);
        using var client = ClientOf(registry);
        await client.PutAsync($"{Registry}_config/size", "1", cancellation: _limit);
        await registry.StopAsync(_limit);
        await using var member = await RunAsync(_seats[0], registry, "It is asked again in");

        await registry.StartAgainAsync(_limit);

        await Readiness.Answer(new Uri(_seats[0].ClientUrl, "health")).WaitAsync(member.Log, _limit);
    }

    private async Task<StoreServer> StartRegistryAsync(string program)
    {
        var registry = await StoreServer.StartAsync(InnerStore.Of(program), _directory.At("registry"), _limit);
        _running.Add(registry);
        return registry;
    }

    private async Task<StoreServer> StartMemberAsync(ClusterSeat seat, StoreServer registry)
    {
        var member = await StoreServer.StartMemberAsync(
            StoreProgram.Ours, seat, _directory.At(seat.Name), FlagsOf(registry), _limit);
        lock (_running)
        {
            _running.Add(member);
        }

        return member;
    }

    private Task<ServerProcess> RunAsync(ClusterSeat seat, StoreServer registry, string line) => ServerProcess.StartAsync(
        StoreProgram.Ours.Executable,
        [.. seat.Arguments(_directory.At(seat.Name)), .. FlagsOf(registry)],
        Readiness.Line(line),
        _limit);

    private Task<EndedProgram> EndAsync(ClusterSeat seat, StoreServer registry, params string[] more) =>
        EndedProgram.OfMemberAsync(seat, _directory.At(seat.Name), [.. FlagsOf(registry), .. more], _limit);

    private static string[] FlagsOf(StoreServer registry) =>
        ["--discovery-token", Token, "--discovery-endpoints", registry.Endpoint];

    private static EtcdClient ClientOf(StoreServer server) =>
        new(new EtcdClientOptions { Endpoints = [server.Endpoint] });
}
