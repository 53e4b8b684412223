using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Sync.Etcd.Api;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Storms;

/// <summary>
/// Random changes of keys below <c>/storm/keys</c>. Each transaction also puts its number under two keys below
/// <c>/storm/generation</c>: who ever sees the two differ has mixed two revisions.
/// </summary>
internal sealed class ChangeStorm : IDisposable
{
    /// <summary>One of the two keys that are equal at every revision.</summary>
    public const string FirstGeneration = "/storm/generation/first";

    /// <summary>The other one.</summary>
    public const string SecondGeneration = "/storm/generation/second";

    private const int Keys = 60;

    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(120);

    private readonly GrpcChannel _channel;
    private readonly KV.KVClient _store;
    private readonly Random _random;
    private int _generation;

    /// <summary>Prepares a storm; nothing is sent yet.</summary>
    /// <param name="server">The store, which may go away and come back meanwhile.</param>
    /// <param name="seed">The same seed makes the same changes.</param>
    public ChangeStorm(StoreServer server, int seed)
    {
        _channel = GrpcChannel.ForAddress(server.ClientUrl, new GrpcChannelOptions
        {
            InitialReconnectBackoff = TimeSpan.FromMilliseconds(20),
            MaxReconnectBackoff = TimeSpan.FromMilliseconds(200),
        });
        _store = new KV.KVClient(_channel);
        _random = new Random(seed);
    }

    /// <summary>Makes a number of changes, each acknowledged before the next; waits for a store that is away.</summary>
    public async Task ChangeAsync(int count)
    {
        for (var change = 0; change < count; change++)
        {
            await PersistAsync(NextChange());
        }
    }

    /// <summary>Compacts all history up to now.</summary>
    public async Task CompactAsync()
    {
        var present = await PersistAsync(new TxnRequest());
        await _store.CompactAsync(
            new CompactionRequest { Revision = present.Header.Revision }, Waiting());
    }

    /// <summary>All keys below <c>/storm</c> with their values, as the store has them now.</summary>
    public async Task<IReadOnlyDictionary<string, string>> StateAsync()
    {
        var response = await _store.RangeAsync(
            new RangeRequest { Key = Text("/storm/"), RangeEnd = Text("/storm0") }, Waiting());

        return response.Kvs.ToDictionary(pair => pair.Key.ToStringUtf8(), pair => pair.Value.ToStringUtf8());
    }

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();

    private TxnRequest NextChange()
    {
        var generation = (++_generation).ToString(CultureInfo.InvariantCulture);
        var key = Text($"/storm/keys/{_random.Next(Keys)}");
        var change = _random.Next(4) == 0
            ? new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = key } }
            : new RequestOp { RequestPut = new PutRequest { Key = key, Value = Text($"value {_random.Next()}") } };

        return new TxnRequest { Success = { Put(FirstGeneration, generation), change, Put(SecondGeneration, generation) } };
    }

    // A change whose answer is lost with the store is sent again; it changes nothing the second time.
    private async Task<TxnResponse> PersistAsync(TxnRequest request)
    {
        while (true)
        {
            try
            {
                return await _store.TxnAsync(request, Waiting());
            }
            catch (RpcException cutOff) when (cutOff.StatusCode
                is StatusCode.Unavailable or StatusCode.Internal or StatusCode.Cancelled)
            {
                continue;
            }
        }
    }

    private static CallOptions Waiting() =>
        new CallOptions(deadline: DateTime.UtcNow + CallMax).WithWaitForReady();

    private static RequestOp Put(string key, string value) =>
        new() { RequestPut = new PutRequest { Key = Text(key), Value = Text(value) } };

    private static ByteString Text(string value) => ByteString.CopyFromUtf8(value);
}
