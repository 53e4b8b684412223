using Google.Protobuf;
using Sync.EndToEnd.Tests.Clusters;
using Sync.EndToEnd.Tests.Programs;
using Sync.Etcd.Api;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Snapshots;

/// <summary>A cluster whose members are all lost begins again from one file, with the flags that it had.</summary>
[Trait("Category", "Long")]
public sealed class RestoredClusterTests : IAsyncLifetime, IDisposable
{
    private const int Keys = 200;
    private const long LeaseId = 77;

    private static readonly string[] Patience = ["--heartbeat-interval", "250", "--election-timeout", "2500"];
    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(30);

    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(5));
    private readonly TempDirectory _folder = new();
    private readonly List<StoreServer> _restored = [];
    private StoreCluster _cluster = null!;

    public async Task InitializeAsync() =>
        _cluster = await StoreCluster.StartAsync(StoreProgram.Ours, size: 3, _limit, Patience);

    public async Task DisposeAsync()
    {
        foreach (var member in _restored)
        {
            await member.DisposeAsync();
        }

        await _cluster.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Three_members_go_on_from_one_file_and_take_none_of_the_old_cluster_for_their_own()
    {
        var kept = await SaveAsync();
        await Task.WhenAll(_cluster.Members.Select(member => member.KillAsync()));

        await RestoreAsync();
        using var client = new ClusterClient(_restored);
        for (var member = 0; member < 3; member++)
        {
            var found = await AllAsync(client, member);
            found.Kvs.Should().Equal(kept.Kvs);
            found.Header.Revision.Should().Be(kept.Header.Revision);
            (await LeftAsync(client, member)).GrantedTTL.Should().Be(3600);
        }

        for (var writer = 0; writer < 3; writer++)
        {
            await client.PutAsync(writer, "key", $"by {writer}", CallMax);
            (await client.GetAsync((writer + 1) % 3, "key", CallMax)).Should().Be($"by {writer}");
        }

        // The old third member comes back in the place of the new one, with all flags as they were.
        (await _restored[2].StopAsync(_limit)).Should().Be(0);
        var ended = await EndedProgram.OfMemberAsync(
            _cluster.Seats[2],
            _cluster.DataDirectoryOf(_cluster.Seats[2]),
            ["--initial-cluster", _cluster.InitialCluster],
            _limit);
        ended.Should().BeFailure(naming: "It is of group 1, incarnation 1, and this member");
        await _restored[2].StartAgainAsync(_limit);
        (await client.GetAsync(2, "key", CallMax)).Should().Be("by 2");
    }

    private ControlProgram Storectl(int member) => ControlProgram.Storectl(_cluster).At(_cluster.Members[member]);

    // What is written after the copy was taken is lost with the old cluster.
    private async Task<RangeResponse> SaveAsync()
    {
        using var client = new ClusterClient(_cluster.Members);
        await client.Lease(0).LeaseGrantAsync(
            new LeaseGrantRequest { ID = LeaseId, TTL = 3600 }, deadline: DateTime.UtcNow + CallMax);
        foreach (var numbers in Enumerable.Range(0, Keys).Chunk(20))
        {
            await Task.WhenAll(numbers.Select(number =>
                client.PutAsync(number % 3, $"key-{number}", $"value {number}", CallMax)));
        }

        var kept = await AllAsync(client, 0);
        await Storectl(0).RunAsync(_limit, "snapshot", "save", _folder.At("saved"));
        await client.PutAsync(0, "later", "is not in it", CallMax);
        return kept;
    }

    private async Task RestoreAsync()
    {
        foreach (var seat in _cluster.Seats)
        {
            await Storectl(0).RunAsync(
                _limit,
                "snapshot", "restore", _folder.At("saved"),
                "--name", seat.Name,
                "--data-dir", _folder.At(seat.Name),
                "--initial-cluster", _cluster.InitialCluster,
                "--initial-advertise-peer-urls", seat.PeerUrl.OriginalString);
        }

        _restored.AddRange(await Task.WhenAll(_cluster.Seats.Select(seat => StoreServer.StartMemberAsync(
            StoreProgram.Ours, seat, _folder.At(seat.Name), ["--initial-cluster", _cluster.InitialCluster, .. Patience], _limit))));
    }

    private static async Task<RangeResponse> AllAsync(ClusterClient client, int member) =>
        await client.Kv(member).RangeAsync(
            new RangeRequest { Key = ByteString.CopyFrom(0), RangeEnd = ByteString.CopyFrom(0) },
            deadline: DateTime.UtcNow + CallMax);

    private static async Task<LeaseTimeToLiveResponse> LeftAsync(ClusterClient client, int member) =>
        await client.Lease(member).LeaseTimeToLiveAsync(
            new LeaseTimeToLiveRequest { ID = LeaseId }, deadline: DateTime.UtcNow + CallMax);
}
