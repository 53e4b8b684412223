using System.Globalization;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>
/// The first member's disk needs half a minute for each sync, after some that were quick; the member itself is well and
/// goes on with its heartbeats.
/// </summary>
[Trait("Category", "Long")]
public sealed class StalledDiskTests : IAsyncLifetime, IDisposable
{
    // More than a member needs to start and to be made the leader.
    private const int QuickSyncs = 100;

    private static readonly TimeSpan SyncTakes = TimeSpan.FromSeconds(30);
    private static readonly string[] Names = ["m1", "m2", "m3"];
    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(60);

    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(5));
    private readonly TempDirectory _directory = new();
    private readonly IReadOnlyList<ClusterSeat> _seats = ClusterSeat.Take(Names);
    private ServerProcess[] _members = [];

    private string InitialCluster => string.Join(',', _seats.Select(seat => seat.Entry));

    public async Task InitializeAsync()
    {
        var injected = string.Create(
            CultureInfo.InvariantCulture, $"fdatasync:delay_enter={SyncTakes.TotalMicroseconds}:when={QuickSyncs}+");

        // With -D the tracer is the child: signals go to the store.
        string[] traced =
            ["-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync", "-e", $"inject={injected}", StoreProgram.Ours.Executable];
        _members = await Task.WhenAll(_seats.Select((seat, member) => member == 0
            ? StartAsync(DebianPrograms.Require("strace"), traced, seat)
            : StartAsync(StoreProgram.Ours.Executable, [], seat)));
    }

    public async Task DisposeAsync()
    {
        foreach (var member in _members)
        {
            await member.DisposeAsync();
        }
    }

    public void Dispose() => _directory.Dispose();

    [DebianFact("strace")]
    public async Task A_leader_whose_disk_stalls_hands_leadership_over_and_writes_go_on()
    {
        using var client = new ClusterClient(_seats.Select(seat => seat.ClientUrl));
        using var others = new ClusterClient(_seats.Skip(1).Select(seat => seat.ClientUrl));
        await client.LeadAsync(member: 0, _limit);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_limit);
        var acknowledged = new Acknowledgements();
        var load = WriteUntilAsync(others, acknowledged, stop.Token);

        await (await Task.WhenAny(others.FindLeaderAsync(_limit), load));
        await (await Task.WhenAny(acknowledged.WaitForAsync(acknowledged.Count + QuickSyncs, _limit), load));
        await stop.CancelAsync();
        await load;

        acknowledged.LongestGapFrom(0).Should().BeLessThan(SyncTakes, "nobody waited for the disk");
        _members[0].HasExited.Should().BeFalse();
        (await others.GetAsync(0, "key", CallMax)).Should().Be($"{acknowledged.Count}");
    }

    private Task<ServerProcess> StartAsync(string executable, IReadOnlyList<string> before, ClusterSeat seat) =>
        ServerProcess.StartAsync(
            executable,
            [
                .. before, .. seat.Arguments(_directory.At(seat.Name)), "--initial-cluster", InitialCluster,
                "--heartbeat-interval", "250", "--election-timeout", "2500",
            ],
            Readiness.Answer(new Uri(seat.ClientUrl, "health")),
            _limit);

    // Nothing is tried again: a follower keeps what it was asked until the next leader has done it.
    private static async Task WriteUntilAsync(ClusterClient client, Acknowledgements acknowledged, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await client.PutAsync(0, "key", $"{acknowledged.Count + 1}", CallMax);
            acknowledged.Add();
        }
    }
}
