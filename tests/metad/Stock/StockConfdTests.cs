using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Stock;

/// <summary>The original's confd against this program: what it asks, it understands; what it waits for, it hears of.</summary>
public sealed class StockConfdTests
{
    [Fact]
    public async Task The_integration_script_of_that_project_reads_its_templates()
    {
        await using var metad = await MetadServer.StartInsideAsync("--default_access=read");
        await metad.BecomeReadyAsync();
        await metad.WriteAsync("PUT", "/v1/data", """
            {"key":"foobar","database":{"host":"127.0.0.1","password":"p@sSw0rd","port":3306,"username":"confd"},
             "upstream":{"app1":"10.0.1.10:8080","app2":"10.0.1.11:8080"},
             "prefix":{"database":{"host":"127.0.0.1"},"upstream":{"app1":"10.0.1.10:8080"}}}
            """);
        var confd = new StockConfd(metad.Port);
        await confd.ProbeAsync();

        (await confd.ReadAsync("/key", "/database", "/upstream/app2", "/prefix")).Should().Equal(
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["/database/host"] = "127.0.0.1",
                ["/database/password"] = "p@sSw0rd",
                ["/database/port"] = "3306",
                ["/database/username"] = "confd",
                ["/key"] = "foobar",
                ["/prefix/database/host"] = "127.0.0.1",
                ["/prefix/upstream/app1"] = "10.0.1.10:8080",
                ["/upstream/app2"] = "10.0.1.11:8080",
            });
        (await confd.ReadAsync("/")).Should().ContainKey("//key", "that program doubles the slash of the root");
    }

    [Fact]
    public async Task A_caller_that_nobody_knows_gets_what_that_program_takes_for_three_keys()
    {
        await using var metad = await MetadServer.StartInsideAsync();
        await metad.BecomeReadyAsync();
        var written = await metad.WriteAsync("PUT", "/v1/data", """{"n":"1"}""");
        var confd = new StockConfd(metad.Port);
        await confd.ProbeAsync();

        (await confd.ReadAsync("/self")).Should().Equal(new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["/self/code"] = "404",
            ["/self/message"] = "Not found",
            ["/self/type"] = "ERROR",
        });
        var watch = () => confd.WatchAsync("/self", 1);
        (await watch.Should().ThrowAsync<InvalidOperationException>()).WithMessage("metad response status [404], requestID: [REQ-*]");

        // Asked with the version of now it is kept waiting, where the original would have it ask each two seconds.
        var waiting = confd.WatchAsync("/self", (ulong)written.Version);
        await metad.UntilWaitersAsync(1);
        await metad.WriteAsync("PUT", "/v1/mapping", """{"127.0.0.1":{"n":"/n"}}""");
        (await waiting).Should().BeGreaterThan((ulong)written.Version);
    }

    [Theory]
    [InlineData("/self")]
    [InlineData("/self/node")]
    [InlineData("/nodes/1")]
    [InlineData("/")]
    public async Task Its_loop_ends_with_what_was_written_last_and_does_not_spin(string prefix)
    {
        const int Changes = 100;
        await using var metad = await MetadServer.StartInsideAsync();
        await metad.BecomeReadyAsync();
        await metad.WriteAsync("PUT", "/v1/data", """{"nodes":{"1":{"n":"0"}}}""");
        await metad.WriteAsync("PUT", "/v1/mapping", """{"127.0.0.1":{"node":"/nodes/1"}}""");
        var confd = new StockConfd(metad.Port);
        var rendered = new List<string>();
        var rendering = Task.Run(async () =>
        {
            var limit = Deadline.In(TimeSpan.FromMinutes(2));
            for (var index = 0UL; !limit.IsCancellationRequested && (rendered.Count == 0 || rendered[^1] != $"{Changes}");)
            {
                index = await confd.WatchAsync(prefix, index);
                rendered.Add((await confd.ReadAsync(prefix)).First(pair => pair.Key.EndsWith("/n", StringComparison.Ordinal)).Value);
            }
        });

        for (var change = 1; change <= Changes; change++)
        {
            await metad.WriteAsync("PUT", "/v1/data/nodes/1/n", $"\"{change}\"");
        }

        await rendering;
        rendered[^1].Should().Be($"{Changes}");
        rendered.Select(int.Parse).Should().BeInAscendingOrder("no answer is older than the one before");
        rendered.Count.Should().BeLessThanOrEqualTo(Changes + 3, "an answer for each change at most, and the first ones");
    }
}
