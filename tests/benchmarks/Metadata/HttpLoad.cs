using System.Diagnostics;
using Sync.Benchmarks.Comparing;
using Sync.Benchmarks.Generator;

namespace Sync.Benchmarks.Metadata;

/// <summary>Many kept connections that each ask again as soon as they are answered; a thread for each.</summary>
internal static class HttpLoad
{
    /// <summary>Runs for a time.</summary>
    /// <param name="port">The server's port.</param>
    /// <param name="processId">The server's process.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="connections">How many connections.</param>
    /// <param name="warmUp">How long nothing counts.</param>
    /// <param name="measured">How long it counts.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<Measurement> RunAsync(
        int port,
        int processId,
        byte[] request,
        int connections,
        TimeSpan warmUp,
        TimeSpan measured,
        CancellationToken cancellationToken)
    {
        var phase = new Phase();
        var boundaries = new List<(long At, ProcessUsage Server, TimeSpan Generator)>();
        var threads = Enumerable.Range(0, connections)
            .Select(_ => OwnThread.RunAsync(() => Drive(port, request, phase))).ToList();
        await phase.PassAsync(warmUp, measured, ReadClocks, cancellationToken);
        var latencies = LatencyRecord.Sorted(await Task.WhenAll(threads));
        var (begin, end) = (boundaries[0], boundaries[1]);
        var count = Math.Max(1, latencies.Length);
        return new(
            latencies.Length / Stopwatch.GetElapsedTime(begin.At, end.At).TotalSeconds,
            LatencyRecord.Percentile(latencies, 0.5),
            LatencyRecord.Percentile(latencies, 0.99),
            (end.Server.Cpu - begin.Server.Cpu).TotalMicroseconds / count,
            (end.Generator - begin.Generator).TotalMicroseconds / count,
            end.Server.ResidentBytes / 1e6);

        void ReadClocks() => boundaries.Add((
            Stopwatch.GetTimestamp(), ProcessUsage.Of(processId), Environment.CpuUsage.TotalTime));
    }

    /// <summary>Asks a number of times.</summary>
    /// <param name="port">The server's port.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="connections">How many connections share the requests.</param>
    /// <param name="count">How many requests in all.</param>
    public static Task RepeatAsync(int port, byte[] request, int connections, int count) =>
        Task.WhenAll(Enumerable.Range(0, connections).Select(number => OwnThread.RunAsync(() =>
        {
            using var connection = new HttpConnection(port);
            for (var left = (count + number) / connections; left > 0; left--)
            {
                connection.Ask(request);
            }

            return 0;
        })));

    private static LatencyRecord Drive(int port, byte[] request, Phase phase)
    {
        using var connection = new HttpConnection(port);
        var latencies = new LatencyRecord();
        while (!phase.IsOver)
        {
            var sentAt = Stopwatch.GetTimestamp();
            connection.Ask(request);
            if (phase.IsMeasuring)
            {
                latencies.Add(sentAt, Stopwatch.GetTimestamp());
            }
        }

        return latencies;
    }
}
