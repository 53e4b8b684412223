using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Sync.Etcd.Api;

namespace Sync.EndToEnd.Tests.Crashes;

/// <summary>
/// One client that writes numbers, each once: the key <c>writes/W/N</c> and, in the same transaction, N as the
/// value of <c>last/W</c>. It remembers what it asked for and what was acknowledged.
/// </summary>
internal sealed class CrashWriter(int number)
{
    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(20);

    private readonly List<AcknowledgedWrite> _acknowledged = [];
    private int _attempted;

    /// <summary>The writes that the store acknowledged, in the order of their numbers.</summary>
    public IReadOnlyList<AcknowledgedWrite> Acknowledged => _acknowledged;

    /// <summary>The last number that was asked for; numbers count from 1.</summary>
    public int Attempted => _attempted;

    /// <summary>The prefix of this writer's keys.</summary>
    public string Prefix => $"writes/{number}/";

    /// <summary>The key whose value is this writer's last number.</summary>
    public string LastKey => $"last/{number}";

    /// <summary>The key of a number: fixed width, so that keys and numbers have one order.</summary>
    public string KeyOf(int sequence) => Prefix + sequence.ToString("D8", CultureInfo.InvariantCulture);

    /// <summary>Writes one number after the other until the store no longer answers.</summary>
    /// <param name="store">The store, called without retries.</param>
    /// <param name="onAcknowledged">Called after each acknowledged write.</param>
    public async Task WriteUntilCutOffAsync(KV.KVClient store, Action onAcknowledged)
    {
        while (await TryWriteAsync(store, ++_attempted) is { } revision)
        {
            _acknowledged.Add(new AcknowledgedWrite(_attempted, revision));
            onAcknowledged();
        }
    }

    private async Task<long?> TryWriteAsync(KV.KVClient store, int sequence)
    {
        var value = ByteString.CopyFromUtf8(sequence.ToString(CultureInfo.InvariantCulture));
        var request = new TxnRequest { Success = { Put(KeyOf(sequence), value), Put(LastKey, value) } };
        try
        {
            var response = await store.TxnAsync(request, deadline: DateTime.UtcNow + CallMax);
            return response.Header.Revision;
        }
        catch (RpcException cutOff) when (cutOff.StatusCode
            is StatusCode.Unavailable or StatusCode.Internal or StatusCode.Cancelled)
        {
            return null;
        }
    }

    private static RequestOp Put(string key, ByteString value) =>
        new() { RequestPut = new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = value } };
}

/// <summary>A number whose write the store acknowledged.</summary>
/// <param name="Sequence">The number.</param>
/// <param name="Revision">The revision that the acknowledgement named.</param>
internal sealed record AcknowledgedWrite(int Sequence, long Revision);
