using System.Diagnostics;

namespace Sync.Benchmarks.Generator;

/// <summary>Clients that each send their next request when the last one is answered; one thread a connection.</summary>
internal static class ClosedLoop
{
    /// <summary>Runs until the source of every connection is exhausted and all is answered.</summary>
    /// <param name="endpoint">The server.</param>
    /// <param name="method">The path of the method.</param>
    /// <param name="clients">How many requests are under way at a time, over all connections.</param>
    /// <param name="connections">How many connections share them, at most one a client.</param>
    /// <param name="sourceOf">For a connection's number, where its messages come from; null ends it.</param>
    /// <param name="phase">Says when answers count; null counts none.</param>
    /// <returns>The latencies of each connection.</returns>
    /// <exception cref="InvalidOperationException">The server refused a request or closed a connection.</exception>
    public static async Task<IReadOnlyList<LatencyRecord>> RunAsync(
        Uri endpoint, string method, int clients, int connections, Func<int, Func<byte[]?>> sourceOf, Phase? phase)
    {
        var used = Math.Min(clients, connections);
        var threads = Enumerable.Range(0, used).Select(number =>
            OwnThread.RunAsync(() => Drive(endpoint, method, (clients + number) / used, sourceOf(number), phase)));

        return await Task.WhenAll(threads);
    }

    private static LatencyRecord Drive(
        Uri endpoint, string method, int clients, Func<byte[]?> source, Phase? phase)
    {
        using var connection = new GrpcConnection(endpoint, method);
        var latencies = new LatencyRecord();
        var underWay = 0;
        foreach (var call in Enumerable.Range(0, clients).Select(_ => new GrpcCall()))
        {
            underWay += SendNext(call) ? 1 : 0;
        }

        connection.Flush();
        while (underWay > 0)
        {
            var ended = connection.Receive() ?? throw new InvalidOperationException($"{method}: connection closed");
            foreach (var call in ended)
            {
                Record(call);
                underWay -= SendNext(call) ? 0 : 1;
            }

            connection.Flush();
        }

        return latencies;

        bool SendNext(GrpcCall call)
        {
            if (source() is not { } message)
            {
                return false;
            }

            connection.Send(call, message);
            return true;
        }

        void Record(GrpcCall call)
        {
            if (call.Messages == 0)
            {
                throw new InvalidOperationException($"{method}: the server refused a request");
            }

            if (phase is { IsMeasuring: true })
            {
                latencies.Add(call.SentAt, Stopwatch.GetTimestamp());
            }
        }
    }
}
