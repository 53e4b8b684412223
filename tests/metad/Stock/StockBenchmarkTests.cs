using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Stock;

/// <summary>The requests of the original's benchmark tool run to their end, and leave nothing behind.</summary>
public sealed class StockBenchmarkTests
{
    [Fact]
    public async Task Its_data_is_taken_and_every_one_of_its_callers_gets_its_own()
    {
        await using var metad = await MetadServer.StartAsync();
        await metad.BecomeReadyAsync();
        await StockBenchmark.FillAsync(metad);

        var metrics = (await metad.ManageAsync("GET", "/metrics")).Body;
        metrics.Should().Contain("\nmetad_values 5400\n").And.Contain("\nmetad_mappings 2000\n");
        foreach (var (cluster, host) in new[] { (0, 0), (7, 13), (19, 19) })
        {
            var own = await metad.JsonAsync("/self", $"192.168.{cluster}.{host}");
            own.Should().Contain($"\"cluster\":{{\"k0\":\"value {cluster} 0\"").And.Contain($"\"host\":{{\"k0\":\"value {host} 0\"");
            (await metad.JsonAsync("/self/hosts", $"192.168.{cluster}.{host}")).Split("\"i-").Should().HaveCount(StockBenchmark.Hosts + 1);
        }
    }

    [Fact]
    public async Task Callers_that_never_read_their_bodies_are_answered_and_let_go()
    {
        const int Total = 1_000;
        await using var metad = await MetadServer.StartAsync();
        await metad.BecomeReadyAsync();
        await StockBenchmark.FillAsync(metad);
        var limit = Deadline.In(TimeSpan.FromMinutes(2));
        var statuses = new string[Total];

        // Whole trees among them: the tool leaves with most of the body unread.
        await Parallel.ForAsync(0, Total, limit, async (number, token) => statuses[number] = await StockBenchmark.GetAsync(
            metad.Port, number % 10 == 0 ? "/" : "/self", $"192.168.{number % 20}.{number / 20 % 20}", token));

        statuses.Should().AllBe("HTTP/1.1 200 OK");
        await metad.UntilWaitersAsync(0);
        (await metad.GetAsync("/self", "192.168.1.1")).Status.Should().Be(200);
    }

    [Fact]
    public async Task Its_writes_of_one_key_each_are_all_there()
    {
        await using var metad = await MetadServer.StartAsync("--default_access=read");
        await metad.BecomeReadyAsync();

        await Parallel.ForAsync(0, 200, Deadline.In(TimeSpan.FromMinutes(2)), async (number, _) =>
            await metad.WriteAsync("PUT", "/v1/data", $"{{\"{number:x8}\":\"{number:x8}\"}}"));

        (await metad.GetAsync("/", "10.0.0.1")).Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(200);
    }
}
