using System.Globalization;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>
/// A member that was away comes back to a leader that keeps writing, and drops its log as fast as it may. It needs a
/// snapshot that takes some seconds.
/// </summary>
[Trait("Category", "Long")]
public sealed class CatchUpTests()
    : OnThreeMembers(
        TimeSpan.FromMinutes(4),
        "--snapshot-count", "20",
        "--snapshot-catchup-entries", "1",
        "--snapshot-bytes-per-second", "300000",
        "--heartbeat-interval", "250",
        "--election-timeout", "2500")
{
    private const int BulkKeys = 60;
    private const int BulkBytes = 16 * 1024;

    // Many times what the leader would keep of its log without regard to the follower.
    private const int WritesAfterTheSnapshot = 400;

    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(30);

    private int _written;

    [Fact]
    public async Task One_snapshot_is_enough_while_writes_go_on()
    {
        var leader = await Client.FindLeaderAsync(Limit);
        var away = (leader + 1) % 3;
        var (sender, follower) = (Cluster.Members[leader], Cluster.Members[away]);
        await follower.KillAsync();
        for (var key = 0; key < BulkKeys; key++)
        {
            await Client.PutAsync(leader, $"bulk-{key}", new string('b', BulkBytes), CallMax);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Limit);
        var load = WriteUntilAsync(leader, stop.Token);
        await follower.StartAgainAsync(Limit);
        await sender.Process.Log.WaitForAsync(line => Says(line, " has the snapshot of entry "), Limit);
        await WrittenAsync(_written + WritesAfterTheSnapshot);
        await stop.CancelAsync();
        await load;

        sender.Process.Log.Lines.Count(line => Says(line, "Sending the member ")).Should().Be(1);
        (await RetryAsync(() => Client.GetAsync(away, "load", CallMax))).Should().Be(
            _written.ToString(CultureInfo.InvariantCulture));
    }

    private static bool Says(string line, string words) => line.Contains(words, StringComparison.Ordinal);

    private async Task WriteUntilAsync(int member, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Client.PutAsync(member, "load", (_written + 1).ToString(CultureInfo.InvariantCulture), CallMax);
            _written++;
        }
    }

    private async Task WrittenAsync(int count)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (_written < count)
        {
            await timer.WaitForNextTickAsync(Limit);
        }
    }
}
