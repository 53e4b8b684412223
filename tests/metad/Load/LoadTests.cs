using System.Diagnostics;
using System.Globalization;
using Sync.Conformance.Tests.Servers;
using Sync.Metad.Tests.Running;
using Sync.TestKit;
using Xunit.Abstractions;

namespace Sync.Metad.Tests.Load;

/// <summary>Many of everything; the variables say how many, and the nightly run asks for the numbers of the goals.</summary>
public sealed class LoadTests(ITestOutputHelper output)
{
    private static readonly int Waiters = Number("SYNC_WAITERS", 200);
    private static readonly int Requests = Number("SYNC_SOAK_REQUESTS", 2_000);
    private static readonly int Keys = Number("SYNC_KEYS", 2_000);

    // Only where a goal is asked for does time decide: a busy machine says nothing about the program.
    private static readonly int P99LimitMs = Number("SYNC_WAKE_P99_MS", int.MaxValue);

    private static CancellationToken Limit => Deadline.In(TimeSpan.FromMinutes(5));

    [Fact]
    public async Task One_change_answers_everybody_who_waits_but_those_who_left()
    {
        await using var server = await MetadServer.StartBesideAsync("--default_access=read", "--xff=false");
        await server.BecomeReadyAsync();
        await server.WriteAsync("PUT", "/v1/data/nodes/1", """{"name":"before","ip":"10.0.0.1"}""");
        await WarmUpAsync(server);
        using var crowd = new WaiterCrowd();
        await LetWaitAsync(server, crowd, Waiters);
        var left = Enumerable.Range(0, Waiters).Where(number => number % 20 == 7).ToHashSet();
        foreach (var number in left)
        {
            crowd.Drop(number);
        }

        await server.UntilWaitersAsync(Waiters - left.Count);
        var answers = Enumerable.Range(0, Waiters).Where(number => !left.Contains(number))
            .Select(number => crowd.ReceiveAsync(number, Limit)).ToList();
        var changedAt = Stopwatch.GetTimestamp();
        await server.WriteAsync("PUT", "/v1/data/nodes/1/name", "\"after\"");
        var received = await Task.WhenAll(answers);

        received.Should().OnlyContain(one => one.Answer.EndsWith("\r\n\r\nafter", StringComparison.Ordinal));
        var sorted = received.Select(one => Stopwatch.GetElapsedTime(changedAt, one.At).TotalMilliseconds).Order().ToList();
        var p99 = sorted[(int)(sorted.Count * 0.99)];
        output.WriteLine($"{Waiters} waiters: first {sorted[0]:F1} ms, median {sorted[sorted.Count / 2]:F1}, p99 {p99:F1}, last {sorted[^1]:F1}");
        p99.Should().BeLessThan(P99LimitMs);
        await server.UntilWaitersAsync(0);
    }

    [Fact]
    public async Task Memory_does_not_grow_with_the_number_of_requests()
    {
        await using var server = await MetadServer.StartBesideAsync("--default_access=read");
        await server.BecomeReadyAsync();
        await server.WriteAsync("PUT", "/v1/data/node", """{"name":"n","ip":"10.0.0.1","port":"80"}""");
        await AskAsync(server, Requests / 2);
        var before = ResidentMegabytes(server);

        await AskAsync(server, Requests);

        var after = ResidentMegabytes(server);
        output.WriteLine($"{Requests} requests: from {before} MB to {after} MB");

        // The original grew by 4.8 KiB a request; a heap that still settles may move by some megabytes.
        (after - before).Should().BeLessThan(Math.Max(40, Requests / 1024 / 10));
    }

    [Theory]
    [OnStore(OnStoreAttribute.Ours)]
    [OnStore(OnStoreAttribute.Etcd)]
    public async Task All_keys_are_loaded_at_the_start_and_memory_stays_small(string kind)
    {
        using var folder = new TempDirectory();
        await using var store = await StoreServer.StartAsync(InnerStore.Of(kind), folder.At("data"), Limit);
        string[] arguments = ["--backend=etcdv3", $"--nodes={store.ClientUrl.OriginalString}", "--default_access=read"];
        await using (var writer = await MetadServer.StartBesideAsync(arguments))
        {
            await writer.BecomeReadyAsync();
            foreach (var part in Enumerable.Range(0, Keys / 10).Chunk(100))
            {
                var nodes = part.Select(node =>
                    $"\"{node}\":{{{string.Join(',', Enumerable.Range(0, 10).Select(leaf => $"\"k{leaf}\":\"value {node} {leaf}\""))}}}");
                await writer.WriteAsync("PUT", "/v1/data/nodes", $"{{{string.Join(',', nodes)}}}");
            }
        }

        await using var server = await MetadServer.StartBesideAsync(arguments);
        await server.BecomeReadyAsync();

        var metrics = (await server.ManageAsync("GET", "/metrics")).Body;
        metrics.Should().Contain($"\nmetad_values {Keys}\n");
        var megabytes = ResidentMegabytes(server);
        output.WriteLine($"{Keys} keys over {kind}: {megabytes} MB");
        megabytes.Should().BeLessThan(150);
    }

    // A program with a crowd of callers has answered many by then: the goal is not one for code that is compiled meanwhile.
    private static async Task WarmUpAsync(MetadServer server)
    {
        for (var round = 0; round < 40; round++)
        {
            using var few = new WaiterCrowd();
            await LetWaitAsync(server, few, 50);
            await server.WriteAsync("PUT", "/v1/data/nodes/1/name", $"\"round {round}\"");
            foreach (var number in Enumerable.Range(0, 50))
            {
                await few.ReceiveAsync(number, Limit);
            }
        }
    }

    private static async Task LetWaitAsync(MetadServer server, WaiterCrowd crowd, int count)
    {
        for (var number = 0; number < count; number++)
        {
            await crowd.AddAsync(number, server.Port, "/nodes/1/name?wait=true", Limit);
        }

        await server.UntilWaitersAsync(count);
    }

    private static async Task AskAsync(MetadServer server, int count)
    {
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{server.Port}") };
        await Parallel.ForAsync(0, count, Limit, async (number, limit) =>
        {
            // Every fifth target is a new one, so that neither answers that are kept nor new ones leak.
            var target = number % 5 == 0 ? $"/node?n={number}" : "/node/name";
            using var answer = await http.GetAsync(target, limit);
            answer.EnsureSuccessStatusCode();
        });
    }

    private static long ResidentMegabytes(MetadServer server)
    {
        using var process = Process.GetProcessById(server.Process.Id);
        return process.WorkingSet64 / 1_000_000;
    }

    private static int Number(string variable, int otherwise) => int.TryParse(
        Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : otherwise;
}
