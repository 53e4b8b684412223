using Google.Protobuf;
using Sync.Benchmarks.Generator;
using Sync.Etcd.Api;

namespace Sync.Benchmarks.Workloads;

/// <summary>One kind of load. All run over the same preloaded keys.</summary>
/// <param name="Name">How the command line and the report name it.</param>
internal abstract record Workload(string Name)
{
    /// <summary>Puts of random keys.</summary>
    public static Workload Put { get; } = new Requests("put", PutMethod, PutOf);

    /// <summary>Reads of one random key that reflect every write acknowledged before.</summary>
    public static Workload Range { get; } = new Requests(
        "range", "/etcdserverpb.KV/Range", (key, _) => new RangeRequest { Key = key });

    /// <summary>Reads of one random key from the member's own state.</summary>
    public static Workload SerializableRange { get; } = new Requests(
        "serializable-range", "/etcdserverpb.KV/Range", (key, _) => new RangeRequest { Key = key, Serializable = true });

    /// <summary>A compare that holds, then a put and a read of the key.</summary>
    public static Workload Transaction { get; } = new Requests("txn", "/etcdserverpb.KV/Txn", TransactionOf);

    /// <summary>Events of one key to many watchers.</summary>
    public static Workload Watch { get; } = new FanOut("watch");

    /// <summary>All workloads in the order they run.</summary>
    public static IReadOnlyList<Workload> All { get; } = [Put, Range, SerializableRange, Transaction, Watch];

    private const string PutMethod = "/etcdserverpb.KV/Put";

    /// <summary>Puts every key once.</summary>
    public static Task PreloadAsync(Uri endpoint, Keyspace keys)
    {
        var messages = new Queue<byte[]>(keys.Messages(PutOf));

        return ClosedLoop.RunAsync(
            endpoint, PutMethod, clients: 32, connections: 1, _ => () => messages.TryDequeue(out var next) ? next : null, phase: null);
    }

    /// <summary>Loads the server until the phase is over.</summary>
    /// <param name="endpoint">The server.</param>
    /// <param name="keys">What it was preloaded with.</param>
    /// <param name="clients">Requests under way at a time; for watches, the number of watchers.</param>
    /// <param name="connections">How many connections the clients share.</param>
    /// <param name="phase">Says when answers count, and when to end.</param>
    /// <returns>The latencies of each connection.</returns>
    public abstract Task<IReadOnlyList<LatencyRecord>> RunAsync(
        Uri endpoint, Keyspace keys, int clients, int connections, Phase phase);

    private static PutRequest PutOf(ByteString key, ByteString value) => new() { Key = key, Value = value };

    private static TxnRequest TransactionOf(ByteString key, ByteString value) => new()
    {
        Compare =
        {
            new Compare
            {
                Key = key,
                Target = Compare.Types.CompareTarget.Version,
                Result = Compare.Types.CompareResult.Greater,
                Version = 0,
            },
        },
        Success =
        {
            new RequestOp { RequestRange = new RangeRequest { Key = key } },
            new RequestOp { RequestPut = PutOf(key, value) },
        },
    };

    private sealed record Requests(string Name, string Method, Func<ByteString, ByteString, IMessage> Request)
        : Workload(Name)
    {
        public override Task<IReadOnlyList<LatencyRecord>> RunAsync(
            Uri endpoint, Keyspace keys, int clients, int connections, Phase phase)
        {
            var messages = keys.Messages(Request);

            return ClosedLoop.RunAsync(endpoint, Method, clients, connections, RandomMessages, phase);

            Func<byte[]?> RandomMessages(int connection)
            {
                var random = new Random(connection);
                return () => phase.IsOver ? null : messages[random.Next(messages.Length)];
            }
        }
    }

    private sealed record FanOut(string Name) : Workload(Name)
    {
        public override Task<IReadOnlyList<LatencyRecord>> RunAsync(
            Uri endpoint, Keyspace keys, int clients, int connections, Phase phase)
        {
            var key = Keyspace.Key(0);
            var watch = new WatchRequest { CreateRequest = new WatchCreateRequest { Key = key } };

            return WatchFanOut.RunAsync(
                endpoint, clients, connections, Keyspace.Framed(watch), Keyspace.Framed(PutOf(key, keys.Value(0))),
                eventBytesMin: keys.ValueBytes, phase);
        }
    }
}
