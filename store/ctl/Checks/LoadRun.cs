using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using Google.Protobuf;
using Grpc.Core;
using Sync.Etcd.Client;

namespace Sync.Store.Ctl.Checks;

/// <summary>Writes at a steady rate, and measures how long each write takes.</summary>
/// <param name="profile">How hard.</param>
/// <param name="prefix">Below which keys.</param>
/// <param name="describe">What an error is called.</param>
internal sealed class LoadRun(LoadProfile profile, string prefix, Func<RpcException, string> describe)
{
    private const int KeyBytes = 256;
    private const int ValueBytes = 1024;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);
    private static readonly ByteString Value = ByteString.CopyFrom(new byte[ValueBytes]);

    private readonly ConcurrentBag<double> _latencies = [];
    private readonly ConcurrentDictionary<string, int> _errors = new(StringComparer.Ordinal);

    /// <summary>Runs the load.</summary>
    /// <param name="connect">Makes a client with a connection of its own.</param>
    /// <param name="cancellation">Ends it early.</param>
    public async Task<LoadVerdict> RunAsync(Func<EtcdClient> connect, CancellationToken cancellation)
    {
        var keys = Channel.CreateBounded<ByteString>(profile.WritesPerSecond);
        var began = Stopwatch.GetTimestamp();
        var writers = Enumerable.Range(0, profile.Clients)
            .Select(_ => WriteAsync(connect, keys.Reader, cancellation)).ToList();
        await BeginWritesAsync(keys.Writer, began, cancellation);
        await Task.WhenAll(writers);
        return LoadVerdict.Of(profile, Stopwatch.GetElapsedTime(began), _latencies, _errors);
    }

    private async Task BeginWritesAsync(ChannelWriter<ByteString> keys, long began, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Step);
        var total = (long)(profile.WritesPerSecond * profile.Duration.TotalSeconds);
        for (var begun = 0L; begun < total;)
        {
            await timer.WaitForNextTickAsync(cancellation);
            var due = (long)(Stopwatch.GetElapsedTime(began).TotalSeconds * profile.WritesPerSecond);
            for (; begun < Math.Min(due, total); begun++)
            {
                await keys.WriteAsync(NextKey(), cancellation);
            }
        }

        keys.Complete();
    }

    private async Task WriteAsync(Func<EtcdClient> connect, ChannelReader<ByteString> keys, CancellationToken cancellation)
    {
        using var client = connect();
        await foreach (var key in keys.ReadAllAsync(cancellation))
        {
            var began = Stopwatch.GetTimestamp();
            try
            {
                await client.PutAsync(key, Value, cancellation: cancellation);
                _latencies.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            }
            catch (RpcException error) when (!cancellation.IsCancellationRequested)
            {
                _errors.AddOrUpdate(describe(error), 1, static (_, count) => count + 1);
            }
        }
    }

    private ByteString NextKey()
    {
        var number = new byte[KeyBytes];
        BinaryPrimitives.WriteInt64BigEndian(number, Random.Shared.NextInt64());
        return ByteString.CopyFrom([.. System.Text.Encoding.UTF8.GetBytes(prefix), .. number]);
    }
}
