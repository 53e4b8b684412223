using System.Diagnostics;
using Sync.Benchmarks.Generator;
using Sync.Benchmarks.Workloads;
using Sync.TestKit;

namespace Sync.Benchmarks.Comparing;

/// <summary>Runs the same loads on two servers in turn, so that what else the machine does meets both alike.</summary>
internal sealed class Comparison(CompareSettings settings, Action<string> report)
{
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);

    // A server that compiles at run time is given its first requests before anything counts.
    private static readonly TimeSpan FirstWarmUp = TimeSpan.FromSeconds(4);

    private readonly Dictionary<(string Workload, int Clients), (List<Measurement> Ours, List<Measurement> Theirs)> _rounds = [];

    /// <summary>Runs all rounds.</summary>
    /// <returns>The medians, in the order of the workloads and clients.</returns>
    public async Task<IReadOnlyList<ComparisonRow>> RunAsync(CancellationToken cancellationToken)
    {
        for (var round = 1; round <= settings.Rounds; round++)
        {
            report($"round {round} of {settings.Rounds}");
            var oursFirst = round % 2 == 1;
            await RunServerAsync(isOurs: oursFirst, cancellationToken);
            await RunServerAsync(isOurs: !oursFirst, cancellationToken);
        }

        return
        [
            .. _rounds.Select(row => new ComparisonRow(
                row.Key.Workload,
                row.Key.Clients,
                Measurement.Median(row.Value.Ours),
                Measurement.Median(row.Value.Theirs))),
        ];
    }

    private async Task RunServerAsync(bool isOurs, CancellationToken cancellationToken)
    {
        var program = new StoreProgram(isOurs ? "ours" : "theirs", isOurs ? settings.Ours : settings.Theirs);
        var directory = Path.Combine(settings.Directory, $"compare-{Guid.NewGuid():N}");
        try
        {
            await using var server = await StoreServer.StartAsync(program, directory, Deadline.In(StartMax));
            await Workload.PreloadAsync(server.ClientUrl, settings.Keys);
            await WarmUpAsync(server, cancellationToken);
            foreach (var workload in settings.Workloads)
            {
                foreach (var clients in settings.Clients)
                {
                    var measured = await MeasureAsync(server, workload, clients, settings.WarmUp, settings.Measured, cancellationToken);
                    Add(workload, clients, isOurs, measured);
                    report($"  {program.Name,-6} {workload.Name,-18} {clients,4} clients "
                        + $"{measured.OperationsPerSecond,9:F0}/s {measured.CpuMicroseconds,8:F1} us CPU");
                }
            }

            await server.StopAsync(Deadline.In(StartMax));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private async Task WarmUpAsync(StoreServer server, CancellationToken cancellationToken)
    {
        foreach (var workload in settings.Workloads)
        {
            await MeasureAsync(
                server, workload, settings.Clients.Max(), FirstWarmUp / settings.Workloads.Count, TimeSpan.Zero, cancellationToken);
        }
    }

    private async Task<Measurement> MeasureAsync(
        StoreServer server, Workload workload, int clients, TimeSpan warmUp, TimeSpan duration, CancellationToken cancellationToken)
    {
        var phase = new Phase();
        var boundaries = new List<(long At, ProcessUsage Server, TimeSpan Generator)>();
        var load = workload.RunAsync(server.ClientUrl, settings.Keys, clients, settings.Connections, phase);
        var passing = phase.PassAsync(warmUp, duration, ReadClocks, cancellationToken);
        if (await Task.WhenAny(load, passing) == load)
        {
            // A load that ends before its time has failed.
            await load;
        }

        await passing;
        var latencies = LatencyRecord.Sorted(await load);
        var (begin, end) = (boundaries[0], boundaries[1]);
        var operations = Math.Max(1, latencies.Length);

        return new Measurement(
            latencies.Length / Math.Max(Stopwatch.GetElapsedTime(begin.At, end.At).TotalSeconds, double.Epsilon),
            LatencyRecord.Percentile(latencies, 0.5),
            LatencyRecord.Percentile(latencies, 0.99),
            (end.Server.Cpu - begin.Server.Cpu).TotalMicroseconds / operations,
            (end.Generator - begin.Generator).TotalMicroseconds / operations,
            end.Server.ResidentBytes / 1e6);

        void ReadClocks() => boundaries.Add((
            Stopwatch.GetTimestamp(), ProcessUsage.Of(server.Process.Id), Environment.CpuUsage.TotalTime));
    }

    private void Add(Workload workload, int clients, bool isOurs, Measurement measured)
    {
        if (!_rounds.TryGetValue((workload.Name, clients), out var row))
        {
            _rounds.Add((workload.Name, clients), row = ([], []));
        }

        (isOurs ? row.Ours : row.Theirs).Add(measured);
    }
}
