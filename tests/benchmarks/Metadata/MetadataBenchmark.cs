using System.Diagnostics;
using System.Globalization;
using Sync.Benchmarks.Comparing;
using Sync.Benchmarks.Generator;
using Sync.TestKit;

namespace Sync.Benchmarks.Metadata;

/// <summary>Measures metad over our store, beside bare Kestrel in the same run, and holds it to the project's goals.</summary>
/// <param name="settings">What to run.</param>
/// <param name="report">Takes a line of the result.</param>
internal sealed class MetadataBenchmark(MetadataSettings settings, Action<string> report)
{
    private const int NodesInAll = 10_000;
    private const int NodesOfOneWrite = 500;

    // What bare Kestrel with a fixed body cost on the idle machine on which the goals were set.
    private const double BareMicroseconds = 15;

    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(120);

    private readonly GoalReport _goals = new(report);

    /// <summary>Runs everything.</summary>
    /// <returns>True when every goal was met.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var directory = Path.Combine(settings.Directory, $"metad-{Guid.NewGuid():N}");
        try
        {
            await using var store = await StoreServer.StartAsync(StoreProgram.Ours, directory, Deadline.In(StartMax));
            var ports = FreePort.Take(3);
            string[] arguments =
            [
                "--listen", $"127.0.0.1:{ports[0]}", "--listen_manage", $"127.0.0.1:{ports[1]}", "--backend=etcdv3",
                $"--nodes={store.ClientUrl.OriginalString}", "--log_level=warning",
            ];
            await LoadAsync(arguments, ports[0], ports[1]);
            await using var metad = await StartAsync(arguments, ports[1]);
            await using var bare = await ServerProcess.StartAsync(
                Environment.ProcessPath ?? throw new InvalidOperationException("No path of this program."),
                ["bare", "--port", $"{ports[2]}", "--bytes", "300"], Readiness.Port(ports[2]), Deadline.In(StartMax));
            _goals.Hold("memory with 100,000 keys, MB", ProcessUsage.Of(metad.Id).ResidentBytes / 1e6, 150);
            await MeasureReadsAsync(metad, ports[0], bare, ports[2], cancellationToken);
            MeasureWaits(ports[0], ports[1], "/nodes/17/name", "/nodes/17/name", "p50 from put to answer, leaf, ms");
            MeasureWaits(ports[0], ports[1], "/nodes/17", "/nodes/17/name", "p50 from put to answer, directory, ms");
            await MeasurePrefixedWaitsAsync(store);
            await MeasureSoakAsync(metad, ports[0]);
            return _goals.AreMet;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static Task<ServerProcess> StartAsync(string[] arguments, int managePort) => ServerProcess.StartAsync(
        BuiltPrograms.Require("metad"),
        arguments,
        Readiness.Answer(new($"http://127.0.0.1:{managePort}/health/ready")),
        Deadline.In(StartMax));

    // A process of its own loads, so that the one that is measured is a fresh one with all keys.
    private static async Task LoadAsync(string[] arguments, int port, int managePort)
    {
        await using var loader = await StartAsync(arguments, managePort);
        using var manage = new HttpConnection(managePort);
        for (var first = 0; first < NodesInAll; first += NodesOfOneWrite)
        {
            var nodes = Enumerable.Range(first, NodesOfOneWrite).Select(node => $"\"{node}\":{{{Leaves(node)}}}");
            manage.Ask(HttpConnection.Request("PUT", "/v1/data/nodes", body: $"{{{string.Join(',', nodes)}}}"));
        }

        manage.Ask(HttpConnection.Request("PUT", "/v1/data/cluster", body: """{"name":"c1","zone":"z1","size":"3"}"""));
        manage.Ask(HttpConnection.Request(
            "PUT", "/v1/mapping", body: """{"127.0.0.1":{"node":"/nodes/17","cluster":"/cluster"}}"""));
        manage.Ask(HttpConnection.Request("PUT", "/v1/rule", body: """{"127.0.0.1":[{"path":"/","mode":1}]}"""));
        using var reads = new HttpConnection(port);
        reads.Ask(HttpConnection.Request("GET", "/self"));
    }

    private static string Leaves(int node) =>
        $"\"name\":\"node{node}\",\"ip\":\"10.{node / 256}.{node % 256}.1\"," + string.Join(',', Enumerable.Range(0, 8)
            .Select(leaf => string.Create(CultureInfo.InvariantCulture, $"\"k{leaf}\":\"value {leaf}\"")));

    private async Task MeasureReadsAsync(
        ServerProcess metad, int port, ServerProcess bare, int barePort, CancellationToken cancellationToken)
    {
        (string Name, byte[] Request, double Goal)[] loads =
        [
            ("/self as text", HttpConnection.Request("GET", "/self"), 25),
            ("/self as JSON", HttpConnection.Request("GET", "/self", "application/json"), 25),
            ("/nodes, 10,000 nodes of 10 leaves, as JSON", HttpConnection.Request("GET", "/nodes", "application/json"), 1_500),
        ];
        await RunAsync(bare, barePort, HttpConnection.Request("GET", "/"), cancellationToken);
        foreach (var (name, request, goal) in loads)
        {
            // Bare Kestrel is measured right before, so that what else the machine does meets both alike.
            var floor = await RunAsync(bare, barePort, HttpConnection.Request("GET", "/"), cancellationToken);
            var ours = await RunAsync(metad, port, request, cancellationToken);
            report(string.Create(CultureInfo.InvariantCulture,
                $"{name}: {ours.OperationsPerSecond:F0}/s, p50 {ours.MedianMilliseconds:F2} ms, p99 {ours.P99Milliseconds:F2} ms, "
                + $"{ours.CpuMicroseconds:F1} us of CPU; bare Kestrel {floor.OperationsPerSecond:F0}/s, {floor.CpuMicroseconds:F1} us; "
                + $"ratio {ours.CpuMicroseconds / floor.CpuMicroseconds:F2}"));

            // The goal holds for an idle machine; a busy one makes both servers dearer by the same factor.
            var slowness = Math.Max(1, floor.CpuMicroseconds / BareMicroseconds);
            _goals.Hold($"{name}, us of CPU as on an idle machine", ours.CpuMicroseconds / slowness, goal);
        }
    }

    private Task<Measurement> RunAsync(ServerProcess server, int port, byte[] request, CancellationToken cancellationToken) =>
        HttpLoad.RunAsync(port, server.Id, request, settings.Connections, settings.WarmUp, settings.Measured, cancellationToken);

    // With a prefix, data, mappings and rules are three ranges, and each change waits until the store has told of all three.
    private async Task MeasurePrefixedWaitsAsync(StoreServer store)
    {
        var ports = FreePort.Take(2);
        await using var metad = await StartAsync(
            [
                "--listen", $"127.0.0.1:{ports[0]}", "--listen_manage", $"127.0.0.1:{ports[1]}", "--backend=etcdv3",
                $"--nodes={store.ClientUrl.OriginalString}", "--log_level=warning", "--prefix=/nodes",
            ],
            ports[1]);
        MeasureWaits(ports[0], ports[1], "/17/name", "/17/name", "p50 from put to answer, leaf below a prefix, ms");
    }

    // As many rounds come before those that count: until then the code of a wait is not compiled for speed, and a round takes
    // several times as long.
    private void MeasureWaits(int port, int managePort, string target, string changed, string name)
    {
        using var waiting = new HttpConnection(port);
        using var manage = new HttpConnection(managePort);
        var (latencies, writes) = (new LatencyRecord(), new LatencyRecord());
        var wait = HttpConnection.Request("GET", $"{target}?wait=true", "application/json");
        for (var round = -settings.WaitRounds; round < settings.WaitRounds; round++)
        {
            var put = HttpConnection.Request("PUT", $"/v1/data{changed}", body: $"\"round {round}\"");
            waiting.Send(wait);
            UntilWaiting(manage);
            var sentAt = Stopwatch.GetTimestamp();
            manage.Send(put);
            waiting.Receive();
            var answeredAt = Stopwatch.GetTimestamp();
            manage.Receive();
            if (round >= 0)
            {
                latencies.Add(sentAt, answeredAt);
                writes.Add(sentAt, Stopwatch.GetTimestamp());
            }
        }

        // The writer is told when its write has come back, so it hears no sooner: what remains below is the store's and the disk's.
        var sorted = LatencyRecord.Sorted([latencies]);
        report(string.Create(CultureInfo.InvariantCulture,
            $"{name}: p10 {LatencyRecord.Percentile(sorted, 0.1):F2}, p99 {LatencyRecord.Percentile(sorted, 0.99):F2}; "
            + $"the writer p50 {LatencyRecord.Percentile(LatencyRecord.Sorted([writes]), 0.5):F2}"));
        _goals.Hold(name, LatencyRecord.Percentile(sorted, 0.5), 3);
    }

    private static void UntilWaiting(HttpConnection manage)
    {
        while (!manage.AskText(HttpConnection.Request("GET", "/metrics")).Contains("\nmetad_waiters 1\n", StringComparison.Ordinal))
        {
            // The next question is the pause.
        }
    }

    private async Task MeasureSoakAsync(ServerProcess metad, int port)
    {
        var request = HttpConnection.Request("GET", "/self", "application/json");
        await HttpLoad.RepeatAsync(port, request, settings.Connections, settings.SoakRequests / 10);
        var before = ProcessUsage.Of(metad.Id).ResidentBytes / 1e6;
        await HttpLoad.RepeatAsync(port, request, settings.Connections, settings.SoakRequests);
        var after = ProcessUsage.Of(metad.Id).ResidentBytes / 1e6;
        _goals.Hold(string.Create(CultureInfo.InvariantCulture,
            $"growth over {settings.SoakRequests} requests from {before:F0} MB, MB"), after - before, 10);
    }
}
