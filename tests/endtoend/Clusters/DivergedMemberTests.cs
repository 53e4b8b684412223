using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Sync.Etcd.Api;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>
/// One member's disk holds another value than the others', and nothing else is wrong with it. Only the first member compares,
/// while it leads, so that the test decides when.
/// </summary>
[Trait("Category", "Long")]
public sealed class DivergedMemberTests : IAsyncLifetime, IDisposable
{
    private const string Corrupt = "etcdserver: corrupt cluster";
    private const int First = 0;
    private const int Second = 1;
    private const int Third = 2;

    private static readonly string[] Names = ["m1", "m2", "m3"];
    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(30);

    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(5));
    private readonly TempDirectory _directory = new();
    private StoreServer[] _members = [];
    private ClusterClient _client = null!;

    public async Task InitializeAsync()
    {
        var seats = ClusterSeat.Take(Names);
        var initialCluster = string.Join(',', seats.Select(seat => seat.Entry));
        _members = await Task.WhenAll(seats.Select((seat, member) => StoreServer.StartMemberAsync(
            StoreProgram.Ours,
            seat,
            _directory.At(seat.Name),
            [
                "--initial-cluster", initialCluster,
                "--corrupt-check-time", member == First ? "1s" : "0s",
                "--snapshot-count", "10",
                "--heartbeat-interval", "250",
                "--election-timeout", "2500",
            ],
            _limit)));
        _client = new ClusterClient(_members);
    }

    public async Task DisposeAsync()
    {
        foreach (var member in _members)
        {
            await member.DisposeAsync();
        }
    }

    public void Dispose()
    {
        _client?.Dispose();
        _directory.Dispose();
    }

    [DebianFact("etcdctl")]
    public async Task A_member_whose_data_differs_serves_nobody_until_it_is_replaced()
    {
        var etcdctl = new ControlProgram(DebianPrograms.Require("etcdctl"), _members[First].Endpoint);
        await _client.LeadAsync(Second, _limit);
        await DivergeAsync(Third);
        var third = (await StatusAsync(Third)).Header.MemberId;
        using var watch = _client.Watch(Third).Watch(cancellationToken: _limit);
        await watch.RequestStream.WriteAsync(
            new WatchRequest { CreateRequest = new WatchCreateRequest { Key = ByteString.CopyFromUtf8("key") } }, _limit);
        (await watch.ResponseStream.MoveNext(_limit)).Should().BeTrue();

        await _client.LeadAsync(First, _limit);

        await ExpectCorruptAsync(() => watch.ResponseStream.MoveNext(_limit));
        await ExpectCorruptAsync(() => _client.GetAsync(Third, "key", CallMax));
        await ExpectCorruptAsync(() => _client.GetAsync(Third, "key", CallMax, isSerializable: true));
        await ExpectCorruptAsync(() => _client.PutAsync(Third, "key", "value", CallMax));
        await ExpectCorruptAsync(() => _client.PutAsync(First, "key", "value", CallMax));
        (await _client.GetAsync(First, "key", CallMax)).Should().Be("value");
        (await _client.GetAsync(Second, "key", CallMax)).Should().Be("value");
        (await etcdctl.RunAsync(_limit, "alarm", "list")).Should().Equal(Alarm(third));
        _members[First].Process.Log.Lines.Where(line => line.Contains(
            $"The data of member {third:x} is not that of the others", StringComparison.Ordinal)).Should().ContainSingle();

        await etcdctl.InsistAsync(_limit, "member", "remove", third.ToString("x", CultureInfo.InvariantCulture));
        (await etcdctl.RunAsync(_limit, "alarm", "disarm")).Should().Equal(Alarm(third));
        await _client.PutAsync(Second, "key", "newer", CallMax);
        (await _client.GetAsync(First, "key", CallMax)).Should().Be("newer");
    }

    [Fact]
    public async Task A_leader_that_finds_its_own_data_different_serves_nobody_and_leads_no_more()
    {
        await _client.LeadAsync(Second, _limit);
        await DivergeAsync(First);
        using var others = new ClusterClient(_members.Skip(1));

        await _client.LeadAsync(First, _limit);
        await others.FindLeaderAsync(_limit);

        await ExpectCorruptAsync(() => _client.GetAsync(First, "key", CallMax));
        (await others.GetAsync(0, "key", CallMax)).Should().Be("value");
        (await others.GetAsync(1, "key", CallMax)).Should().Be("value");
    }

    private static string Alarm(ulong member) =>
        string.Create(CultureInfo.InvariantCulture, $"memberID:{member} alarm:CORRUPT ");

    private static async Task ExpectCorruptAsync(Func<Task> call)
    {
        var refused = (await call.Should().ThrowAsync<RpcException>()).Which.Status;
        (refused.StatusCode, refused.Detail).Should().Be((StatusCode.DataLoss, Corrupt));
    }

    private async Task<StatusResponse> StatusAsync(int member) =>
        await _client.Maintenance(member).StatusAsync(new StatusRequest(), cancellationToken: _limit);

    private async Task DivergeAsync(int member)
    {
        await CheckpointedKey.PutAsync(_client, member, _members[member], "key", "value", _limit);
        (await _members[member].StopAsync(_limit)).Should().Be(0);
        AlteredValue.Write(_members[member].DataDirectory, "key", "other");
        await _members[member].StartAgainAsync(_limit);
        (await _client.GetAsync(member, "key", CallMax)).Should().Be("other");
    }
}
