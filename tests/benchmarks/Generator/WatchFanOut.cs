using System.Diagnostics;

namespace Sync.Benchmarks.Generator;

/// <summary>
/// Watchers of one key, and one writer that puts it again as soon as every watcher has the last event. So no
/// event waits behind another, and the latency is the time from the put to the event.
/// </summary>
internal sealed class WatchFanOut : IDisposable
{
    private const string WatchMethod = "/etcdserverpb.Watch/Watch";
    private const string PutMethod = "/etcdserverpb.KV/Put";
    private static readonly TimeSpan RoundMax = TimeSpan.FromSeconds(20);

    private readonly int _watchers;
    private readonly int _eventBytesMin;
    private readonly Phase _phase;
    private readonly AutoResetEvent _allHaveIt = new(initialState: false);
    private int _missing;
    private long _putAt;
    private Exception? _failure;

    private WatchFanOut(int watchers, int eventBytesMin, Phase phase) =>
        (_watchers, _missing, _eventBytesMin, _phase) = (watchers, watchers, eventBytesMin, phase);

    /// <summary>Runs until the phase is over.</summary>
    /// <param name="endpoint">The server.</param>
    /// <param name="watchers">How many watches, each a stream of its own.</param>
    /// <param name="connections">How many connections share them.</param>
    /// <param name="watch">The message that creates a watch of the key.</param>
    /// <param name="put">The message that puts the key.</param>
    /// <param name="eventBytesMin">What a message with the event has at least, to tell it from others.</param>
    /// <param name="phase">Says when events count, and when to end.</param>
    /// <returns>The latency of each event that counts.</returns>
    public static async Task<IReadOnlyList<LatencyRecord>> RunAsync(
        Uri endpoint, int watchers, int connections, byte[] watch, byte[] put, int eventBytesMin, Phase phase)
    {
        using var fanOut = new WatchFanOut(watchers, eventBytesMin, phase);
        var used = Math.Min(watchers, connections);
        var listeners = Enumerable.Range(0, used)
            .Select(_ => new GrpcConnection(endpoint, WatchMethod, isStream: true))
            .ToList();
        var listening = listeners
            .Select((connection, number) => OwnThread.RunAsync(() =>
                fanOut.Listen(connection, watch, (watchers + number) / used)))
            .ToList();
        try
        {
            await OwnThread.RunAsync(() => fanOut.Write(endpoint, put));
        }
        finally
        {
            listeners.ForEach(connection => connection.Close());
            await Task.WhenAll(listening);
            listeners.ForEach(connection => connection.Dispose());
        }

        return await Task.WhenAll(listening);
    }

    /// <inheritdoc/>
    public void Dispose() => _allHaveIt.Dispose();

    private bool Write(Uri endpoint, byte[] put)
    {
        using var connection = new GrpcConnection(endpoint, PutMethod);
        var call = new GrpcCall();
        AwaitAll("created its watch");
        while (!_phase.IsOver)
        {
            Volatile.Write(ref _missing, _watchers);
            Volatile.Write(ref _putAt, Stopwatch.GetTimestamp());
            connection.Send(call, put);
            connection.Flush();
            while (connection.Receive() is { Count: 0 })
            {
                // Settings and window updates come before the answer.
            }

            AwaitAll("got the event");
        }

        return true;
    }

    // Each listener counts down by what it has got; the writer goes on at zero.
    private void AwaitAll(string what)
    {
        if (!_allHaveIt.WaitOne(RoundMax) || Volatile.Read(ref _failure) is not null)
        {
            throw new InvalidOperationException(
                $"not every watcher {what}; {Volatile.Read(ref _missing)} of {_watchers} are missing", _failure);
        }
    }

    private LatencyRecord Listen(GrpcConnection connection, byte[] watch, int watchers)
    {
        var latencies = new LatencyRecord();
        var calls = Enumerable.Range(0, watchers).Select(_ => new GrpcCall()).ToList();
        var seen = new int[watchers];
        calls.ForEach(call => connection.Send(call, watch));
        connection.Flush();
        try
        {
            while (connection.Receive() is not null)
            {
                connection.Flush();
                CountArrivals(calls, seen, latencies);
            }
        }
        catch (InvalidOperationException fault)
        {
            Volatile.Write(ref _failure, fault);
            _allHaveIt.Set();
        }

        return latencies;
    }

    private void CountArrivals(List<GrpcCall> calls, int[] seen, LatencyRecord latencies)
    {
        var now = Stopwatch.GetTimestamp();
        var arrived = 0;
        for (var index = 0; index < calls.Count; index++)
        {
            var call = calls[index];
            var isEvent = seen[index] > 0;
            for (; seen[index] < call.Messages; seen[index]++, arrived++)
            {
                if (isEvent && call.LongestMessage < _eventBytesMin)
                {
                    throw new InvalidOperationException("a watcher got a message that holds no event");
                }

                if (isEvent && _phase.IsMeasuring)
                {
                    latencies.Add(Volatile.Read(ref _putAt), now);
                }
            }
        }

        if (arrived > 0 && Interlocked.Add(ref _missing, -arrived) == 0)
        {
            _allHaveIt.Set();
        }
    }
}
