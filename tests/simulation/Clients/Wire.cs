using System.Text;
using Sync.Mvcc;
using Sync.Mvcc.Changes;
using Sync.Mvcc.Commands;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Leases;
using Sync.Mvcc.Transactions;
using Sync.Mvcc.Watching;
using Sync.Simulation.Histories;

namespace Sync.Simulation.Clients;

/// <summary>Translates between the plain words of histories and the store's own types.</summary>
internal static class Wire
{
    /// <summary>The command of a request that goes through the log.</summary>
    public static Command CommandOf(KvRequest request) => request switch
    {
        KvRequest.Compact compact => new CompactCommand(new Revision(compact.Revision)),
        KvRequest.Grant grant => new LeaseGrantCommand(new LeaseId(grant.Lease), grant.TtlSeconds),
        KvRequest.Revoke revoke => new LeaseRevokeCommand(new LeaseId(revoke.Lease)),
        _ => OperationOf(request),
    };

    /// <summary>What a read asks of a view.</summary>
    public static RangeQuery QueryOf(string key, string? end, long revision = 0) =>
        new(RangeOf(key, end)) { Revision = new Revision(revision) };

    /// <summary>The answer to a command in plain words.</summary>
    public static KvResponse ResponseOf<T>(Result<T> result)
        where T : Outcome =>
        result.IsOk ? ResponseOf(result.Value) : new KvResponse.Refused(RefusalOf(result.Error));

    /// <summary>What a watch asks for.</summary>
    public static WatchRequest RequestOf(WatchRecord watch) => new(RangeOf(watch.Key, watch.End))
    {
        StartRevision = new Revision(watch.Start),
        NoPuts = watch.NoPuts,
        NoDeletes = watch.NoDeletes,
        WithPrevious = watch.WithPrevious,
        ProgressNotify = true,
    };

    /// <summary>A response of a watch in plain words; null for one that says nothing of the history.</summary>
    public static WatchAnswer? AnswerOf(Revision header, WatchNotice notice) => notice switch
    {
        WatchCreated => new WatchAnswer.Created(header.Value),
        WatchEvents events => new WatchAnswer.Events(header.Value, new Items<KvEvent>([.. events.Events.Select(EventOf)])),
        WatchProgress => new WatchAnswer.Progress(header.Value),
        WatchCompacted compacted => new WatchAnswer.Compacted(compacted.CompactedRevision.Value),
        WatchCanceled => null,
        _ => throw new ArgumentException($"No watch of a simulation is answered by {notice}.", nameof(notice)),
    };

    /// <summary>A pair in plain words.</summary>
    public static KvPair PairOf(KeyValue pair) => new(
        Text(pair.Key), Text(pair.Value), pair.CreateRevision.Value, pair.ModRevision.Value, pair.Version, pair.Lease.Value);

    public static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.ASCII.GetString(bytes.Span);

    private static KeyRange RangeOf(string key, string? end) =>
        KeyRange.FromWire(Bytes(key), end is null ? default : Bytes(end));

    private static Operation OperationOf(KvRequest request) => request switch
    {
        KvRequest.Put put => new PutOperation(Bytes(put.Key), Bytes(put.Value))
        {
            Lease = new LeaseId(put.Lease),
            WithPrevious = true,
        },
        KvRequest.Delete delete => new DeleteRangeOperation(RangeOf(delete.Key, delete.End)) { WithPrevious = true },
        KvRequest.Get get => new RangeOperation(QueryOf(get.Key, get.End)),
        KvRequest.Txn transaction => new TxnOperation(
            [.. transaction.Compares.Select(CompareOf)],
            [.. transaction.Success.Select(OperationOf)],
            [.. transaction.Failure.Select(OperationOf)]),
        _ => throw new ArgumentException($"{request} is no command.", nameof(request)),
    };

    private static Compare CompareOf(KvCompare compare) => new(
        KeyRange.Exactly(Bytes(compare.Key)),
        compare.Value is null ? CompareTarget.Mod : CompareTarget.Value,
        CompareResult.Equal,
        compare.ModRevision,
        compare.Value is null ? default : Bytes(compare.Value));

    private static KvResponse ResponseOf(Outcome outcome) => outcome switch
    {
        PutOutcome put => new KvResponse.Done(put.Revision.Value, put.Previous is { } previous ? PairOf(previous) : null),
        DeleteRangeOutcome deleted => new KvResponse.Deleted(deleted.Revision.Value, PairsOf(deleted.Previous)),
        RangeOutcome range => new KvResponse.Got(range.Revision.Value, PairsOf(range.Pairs)),
        TxnOutcome ran => new KvResponse.Ran(
            ran.Revision.Value, ran.Succeeded, new Items<KvResponse>([.. ran.Responses.Select(NestedResponseOf)])),
        CompactOutcome compacted => new KvResponse.Compacted(compacted.Revision.Value),
        LeaseGrantOutcome granted => new KvResponse.Granted(granted.Revision.Value),
        LeaseRevokeOutcome revoked => new KvResponse.Revoked(revoked.Revision.Value),

        // No client asks for an alarm: a member without space raises it in place of what it was asked to write.
        AlarmOutcome => new KvResponse.Refused(KvRefusal.NoSpace),
        _ => throw new ArgumentException($"No request of a simulation is answered by {outcome}.", nameof(outcome)),
    };

    // The headers inside a transaction say nothing of their own.
    private static KvResponse NestedResponseOf(Outcome outcome) => ResponseOf(outcome) with { Revision = 0 };

    private static Items<KvPair> PairsOf(IReadOnlyList<KeyValue> pairs) => new([.. pairs.Select(PairOf)]);

    private static KvEvent EventOf(WatchEvent change) => new(
        change.Kind == ChangeKind.Delete, PairOf(change.Pair), change.Previous is { } previous ? PairOf(previous) : null);

    private static KvRefusal RefusalOf(StoreError error) => error switch
    {
        StoreError.LeaseNotFound => KvRefusal.LeaseNotFound,
        StoreError.LeaseExists => KvRefusal.LeaseExists,
        StoreError.Compacted => KvRefusal.Compacted,
        StoreError.FutureRevision => KvRefusal.FutureRevision,
        StoreError.NoSpace => KvRefusal.NoSpace,
        StoreError.Corrupt => KvRefusal.Corrupt,
        _ => throw new ArgumentException($"No request of a simulation is refused with {error}.", nameof(error)),
    };
}
