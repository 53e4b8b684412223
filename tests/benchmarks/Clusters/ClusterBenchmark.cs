using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using Sync.Benchmarks.Comparing;
using Sync.Benchmarks.Generator;
using Sync.Benchmarks.Workloads;
using Sync.EndToEnd.Tests.Clusters;
using Sync.Etcd.Api;
using Sync.TestKit;

namespace Sync.Benchmarks.Clusters;

/// <summary>
/// Measures what a member that is far behind costs the clients of its leader while it catches up, and whether memory grows with
/// the number of writes; both are held to the project's goals.
/// </summary>
/// <param name="settings">What to run.</param>
/// <param name="report">Takes a line of the result.</param>
internal sealed class ClusterBenchmark(ClusterSettings settings, Action<string> report)
{
    private const string PutMethod = "/etcdserverpb.KV/Put";
    private const int Connections = 4;
    private const int BulkBytes = 64 * 1024;
    private const int WritesBetweenCompactions = 100_000;

    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan CatchUpMax = TimeSpan.FromMinutes(15);
    private static readonly Keyspace Keys = new(Count: 10_000, ValueBytes: 256);

    private readonly GoalReport _goals = new(report);

    /// <summary>Runs everything.</summary>
    /// <returns>True when every goal was met.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        await MeasureCatchUpAsync(cancellationToken);
        await MeasureMemoryAsync(cancellationToken);
        return _goals.AreMet;
    }

    // The leader has dropped the log that the follower lacks, so that a snapshot of everything is sent, at the default pace.
    private async Task MeasureCatchUpAsync(CancellationToken cancellationToken)
    {
        await using var cluster = await StoreCluster.StartAsync(
            StoreProgram.Ours, size: 3, Deadline.In(StartMax), "--snapshot-count", "2000", "--snapshot-catchup-entries", "100");
        await Workload.PreloadAsync(cluster.Members[0].ClientUrl, Keys);
        using var client = new ClusterClient(cluster.Members);
        var leader = await client.FindLeaderAsync(Deadline.In(StartMax));
        var follower = (leader + 1) % cluster.Members.Count;
        var endpoint = cluster.Members[leader].ClientUrl;
        await cluster.Members[follower].KillAsync();
        await WriteBulkAsync(client.Kv(leader), cancellationToken);
        var before = await MeasurePutsAsync(endpoint, settings.WarmUp, settings.Measured, cancellationToken);
        var behind = await AppliedAsync(client, leader);

        var started = Stopwatch.GetTimestamp();
        using var caughtUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var puts = MeasurePutsAsync(endpoint, TimeSpan.Zero, CatchUpMax, caughtUp.Token);
        await CatchUpAsync(cluster, client, follower, behind, cancellationToken);
        await caughtUp.CancelAsync();
        var during = await puts;

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var (p99Before, p99During) = (LatencyRecord.Percentile(before, 0.99), LatencyRecord.Percentile(during, 0.99));
        report(string.Create(CultureInfo.InvariantCulture,
            $"a follower {settings.BehindMebibytes} MiB behind caught up in {seconds:F1} s; puts at the leader meanwhile: "
            + $"p50 {LatencyRecord.Percentile(during, 0.5):F2} ms, p99 {p99During:F2} ms; before: "
            + $"p50 {LatencyRecord.Percentile(before, 0.5):F2} ms, p99 {p99Before:F2} ms"));
        _goals.Hold("p99 of puts while a follower catches up, to that before, ratio", p99During / p99Before, 3);
    }

    // All members hold as many keys throughout, so what grows would be what a write leaves behind: in the log, in the queues
    // between the members, or in the requests that followers pass on.
    private async Task MeasureMemoryAsync(CancellationToken cancellationToken)
    {
        await using var cluster = await StoreCluster.StartAsync(StoreProgram.Ours, size: 3, Deadline.In(StartMax));
        using var client = new ClusterClient(cluster.Members);
        await Workload.PreloadAsync(cluster.Members[0].ClientUrl, Keys);
        var messages = Keys.Messages((key, value) => new PutRequest { Key = key, Value = value });
        var (leading, following) = (new List<double>(), new List<double>());
        for (var written = 0; written < settings.Writes; written += WritesBetweenCompactions)
        {
            // Each in turn: one time in three the clients are those of the leader.
            var asked = written / WritesBetweenCompactions % cluster.Members.Count;
            await WriteAsync(cluster.Members[asked].ClientUrl, messages, WritesBetweenCompactions);
            var status = await client.Maintenance(asked).StatusAsync(new StatusRequest(), cancellationToken: cancellationToken);
            await client.Kv(asked).CompactAsync(
                new CompactionRequest { Revision = status.Header.Revision }, cancellationToken: cancellationToken);
            var leader = await client.FindLeaderAsync(cancellationToken);
            var resident = cluster.Members.Select(member => ProcessUsage.Of(member.Process.Id).ResidentBytes / 1e6).ToList();
            leading.Add(resident[leader]);
            following.Add(resident.Where((_, member) => member != leader).Max());
        }

        ReportMemory("the leader", leading);
        ReportMemory("the larger follower", following);
    }

    private void ReportMemory(string whose, List<double> resident)
    {
        // A fifth of the run is the start: code is compiled, buffers and the collector's generations find their size.
        var fifth = Math.Max(1, resident.Count / 5);
        var (early, late) = (Median(resident.Skip(fifth).Take(fifth)), Median(resident.TakeLast(fifth)));
        report(string.Create(CultureInfo.InvariantCulture,
            $"memory of {whose} over {settings.Writes} writes: {early:F0} MB in the second fifth, {late:F0} MB in the last"));
        _goals.Hold($"memory of {whose} in the last fifth, to that in the second, ratio", late / early, 1.1);
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[sorted.Length / 2];
    }

    private static async Task<ulong> AppliedAsync(ClusterClient client, int member) =>
        (await client.Maintenance(member).StatusAsync(new StatusRequest(), cancellationToken: Deadline.In(StartMax))).RaftAppliedIndex;

    private static async Task CatchUpAsync(
        StoreCluster cluster, ClusterClient client, int follower, ulong index, CancellationToken cancellationToken)
    {
        await cluster.Members[follower].StartAgainAsync(Deadline.In(CatchUpMax));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await AppliedAsync(client, follower) < index)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    // Puts of the small keys, for a time or until it is cancelled.
    private async Task<long[]> MeasurePutsAsync(
        Uri endpoint, TimeSpan warmUp, TimeSpan measured, CancellationToken cancellationToken)
    {
        var phase = new Phase();
        var load = Workload.Put.RunAsync(endpoint, Keys, settings.Clients, Connections, phase);
        await Task.WhenAny(load, phase.PassAsync(warmUp, measured, static () => { }, cancellationToken));
        return LatencyRecord.Sorted(await load);
    }

    // Large values, each under a key of its own.
    private async Task WriteBulkAsync(KV.KVClient store, CancellationToken cancellationToken)
    {
        var bytes = new byte[BulkBytes];
        new Random(1).NextBytes(bytes);
        var value = ByteString.CopyFrom(bytes);
        var count = (int)((long)settings.BehindMebibytes * 1024 * 1024 / BulkBytes);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken },
            async (number, stop) =>
            {
                var key = ByteString.CopyFromUtf8(string.Create(CultureInfo.InvariantCulture, $"bulk/{number:D8}"));
                await store.PutAsync(new PutRequest { Key = key, Value = value }, cancellationToken: stop);
            });
    }

    private async Task WriteAsync(Uri endpoint, byte[][] messages, int count)
    {
        var sent = 0;
        await ClosedLoop.RunAsync(
            endpoint, PutMethod, settings.Clients, Connections,
            _ => () => Interlocked.Increment(ref sent) is var number && number <= count ? messages[number % messages.Length] : null,
            phase: null);
    }
}
