using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Sync.Etcd.Client;

namespace Sync.Store.Ctl.Checks;

/// <summary>Writes so many keys as fast as the store takes them.</summary>
/// <param name="profile">How many.</param>
/// <param name="prefix">Below which keys.</param>
/// <param name="describe">What an error is called.</param>
internal sealed class DataScaleRun(DataScaleProfile profile, string prefix, Func<RpcException, string> describe)
{
    private const string ResidentMemory = "process_resident_memory_bytes ";

    private static readonly ByteString Value = ByteString.CopyFrom(new byte[DataScaleProfile.HalfBytes]);

    private readonly ConcurrentDictionary<string, int> _errors = new(StringComparer.Ordinal);
    private int _begun;

    /// <summary>Runs the load.</summary>
    /// <param name="connect">Makes a client with a connection of its own.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>How often each error was met.</returns>
    public async Task<IReadOnlyDictionary<string, int>> RunAsync(Func<EtcdClient> connect, CancellationToken cancellation)
    {
        await Task.WhenAll(Enumerable.Range(0, profile.Clients).Select(_ => WriteAsync(connect, cancellation)));
        return _errors;
    }

    /// <summary>The memory that a process says it has, in bytes.</summary>
    /// <param name="metrics">The page <c>/metrics</c>, in the Prometheus text format.</param>
    /// <returns>Null when the page does not say.</returns>
    public static double? ResidentBytes(string metrics)
    {
        var line = metrics.Split('\n').FirstOrDefault(line => line.StartsWith(ResidentMemory, StringComparison.Ordinal));
        return double.TryParse(
            line.AsSpan(line is null ? 0 : ResidentMemory.Length), NumberStyles.Float, CultureInfo.InvariantCulture,
            out var bytes) ? bytes : null;
    }

    private async Task WriteAsync(Func<EtcdClient> connect, CancellationToken cancellation)
    {
        using var client = connect();
        while (Interlocked.Increment(ref _begun) <= profile.Pairs)
        {
            try
            {
                await client.PutAsync(NextKey(), Value, cancellation: cancellation);
            }
            catch (RpcException error) when (!cancellation.IsCancellationRequested)
            {
                _errors.AddOrUpdate(describe(error), 1, static (_, count) => count + 1);
            }
        }
    }

    private ByteString NextKey()
    {
        var number = new byte[DataScaleProfile.HalfBytes];
        BinaryPrimitives.WriteInt64BigEndian(number, Random.Shared.NextInt64());
        return ByteString.CopyFrom([.. System.Text.Encoding.UTF8.GetBytes(prefix), .. number]);
    }
}
