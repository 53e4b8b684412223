using Google.Protobuf;
using Google.Protobuf.Collections;
using Sync.Etcd.Api;
using Sync.Mvcc;
using Sync.Mvcc.Changes;
using Sync.Mvcc.Commands;
using Sync.Mvcc.Watching;
using Pair = Sync.Mvcc.Keys.KeyValue;
using WirePair = Sync.Etcd.Api.KeyValue;

namespace Sync.Store.Rpc;

/// <summary>Turns outcomes into responses of the wire. Bytes are shared with the outcome, not copied.</summary>
internal static class WireResponses
{
    /// <summary>The answer to a read.</summary>
    public static RangeResponse ToWire(RangeOutcome outcome, ResponseHeader header)
    {
        var response = new RangeResponse { Header = header, More = outcome.More, Count = outcome.Count };
        AddTo(response.Kvs, outcome.Pairs);
        return response;
    }

    /// <summary>The answer to a put.</summary>
    public static PutResponse ToWire(PutOutcome outcome, ResponseHeader header) =>
        new() { Header = header, PrevKv = outcome.Previous is { } previous ? ToWire(previous) : null };

    /// <summary>The answer to a delete.</summary>
    public static DeleteRangeResponse ToWire(DeleteRangeOutcome outcome, ResponseHeader header)
    {
        var response = new DeleteRangeResponse { Header = header, Deleted = outcome.Deleted };
        AddTo(response.PrevKvs, outcome.Previous);
        return response;
    }

    /// <summary>The answer to a transaction.</summary>
    public static TxnResponse ToWire(TxnOutcome outcome, ResponseHeader header)
    {
        var response = new TxnResponse { Header = header, Succeeded = outcome.Succeeded };
        foreach (var answer in outcome.Responses)
        {
            response.Responses.Add(ToWire(answer));
        }

        return response;
    }

    /// <summary>A change, as watchers see it.</summary>
    public static Event ToWire(WatchEvent watched) =>
        new()
        {
            Type = watched.Kind == ChangeKind.Delete ? Event.Types.EventType.Delete : Event.Types.EventType.Put,
            Kv = ToWire(watched.Pair),
            PrevKv = watched.Previous is { } previous ? ToWire(previous) : null,
        };

    // Inside a transaction a header carries the revision alone.
    private static ResponseOp ToWire(Outcome outcome) => outcome switch
    {
        RangeOutcome range => new ResponseOp { ResponseRange = ToWire(range, Nested(range.Revision)) },
        PutOutcome put => new ResponseOp { ResponsePut = ToWire(put, Nested(put.Revision)) },
        DeleteRangeOutcome delete => new ResponseOp { ResponseDeleteRange = ToWire(delete, Nested(delete.Revision)) },
        TxnOutcome txn => new ResponseOp { ResponseTxn = ToWire(txn, Nested(txn.Revision)) },
        _ => throw new InvalidOperationException($"A transaction answers with a {outcome.GetType().Name}."),
    };

    private static ResponseHeader Nested(Revision revision) => new() { Revision = revision.Value };

    private static void AddTo(RepeatedField<WirePair> wire, IReadOnlyList<Pair> pairs)
    {
        wire.Capacity = pairs.Count;
        for (var index = 0; index < pairs.Count; index++)
        {
            wire.Add(ToWire(pairs[index]));
        }
    }

    private static WirePair ToWire(Pair pair) =>
        new()
        {
            Key = UnsafeByteOperations.UnsafeWrap(pair.Key),
            Value = UnsafeByteOperations.UnsafeWrap(pair.Value),
            CreateRevision = pair.CreateRevision.Value,
            ModRevision = pair.ModRevision.Value,
            Version = pair.Version,
            Lease = pair.Lease.Value,
        };
}
