using System.Text;
using Sync.Mvcc.Changes;
using Sync.Mvcc.Commands;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Transactions;

namespace Sync.Mvcc.Tests.Model;

/// <summary>Writes requests and answers as text, to compare whole values and to read a failing case.</summary>
internal static class Text
{
    public static ReadOnlyMemory<byte> Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public static string Of(ReadOnlyMemory<byte> bytes) =>
        Encoding.Latin1.GetString(bytes.Span).Replace("\0", "0", StringComparison.Ordinal)
            .Replace("\u00ff", "~", StringComparison.Ordinal);

    public static string Of(KeyRange keys) => $"[{Of(keys.Start)},{Of(keys.RangeEnd)})";

    public static string Of(KeyValue? pair) => pair is null
        ? "-"
        : $"{Of(pair.Key)}={Of(pair.Value)}@{pair.CreateRevision}/{pair.ModRevision}v{pair.Version}l{pair.Lease}";

    public static string Of(ChangeHeader change) =>
        $"{change.Id}:{change.Kind}:{Of(change.Key)}@{change.CreateRevision}v{change.Version}l{change.Lease}";

    public static string Of<T>(Result<T> result)
        where T : Outcome => result.IsOk ? Of(result.Value) : result.Error.ToString();

    public static string Of(Outcome outcome) => outcome switch
    {
        RangeOutcome range =>
            $"range {range.Revision} {Join(range.Pairs, Of)} more {range.More} count {range.Count}",
        PutOutcome put => $"put {put.Revision} {Of(put.Previous)}",
        DeleteRangeOutcome delete => $"delete {delete.Revision} {delete.Deleted} {Join(delete.Previous, Of)}",
        TxnOutcome txn => $"txn {txn.Revision} {txn.Succeeded} {Join(txn.Responses, Of)}",
        AlarmOutcome alarm => $"alarm {alarm.Revision} {Join(alarm.Alarms, raised => raised.ToString())}",
        _ => outcome.ToString(),
    };

    public static string Of(Command command) => command switch
    {
        RangeOperation { Query: var query } =>
            $"Range({Of(query.Keys)} at {query.Revision} limit {query.Limit} {query.Order} {query.Target}"
            + $"{(query.KeysOnly ? " keys" : "")}{(query.CountOnly ? " count" : "")}"
            + $" mod {query.MinModRevision}..{query.MaxModRevision}"
            + $" create {query.MinCreateRevision}..{query.MaxCreateRevision})",
        PutOperation put =>
            $"Put({Of(put.Key)}={Of(put.Value)} l{put.Lease}{(put.WithPrevious ? " prev" : "")}"
            + $"{(put.KeepValue ? " keepvalue" : "")}{(put.KeepLease ? " keeplease" : "")})",
        DeleteRangeOperation delete => $"Delete({Of(delete.Keys)}{(delete.WithPrevious ? " prev" : "")})",
        TxnOperation txn =>
            $"Txn(if {Join(txn.Compares, Of)} then {Join(txn.Success, Of)} else {Join(txn.Failure, Of)})",
        LeaseCheckpointCommand checkpoint => $"Checkpoint({string.Join(",", checkpoint.Remaining)})",
        _ => command.ToString(),
    };

    public static string Join<T>(IEnumerable<T> parts, Func<T, string> text) =>
        "{" + string.Join(", ", parts.Select(text)) + "}";

    private static string Of(Compare compare) =>
        $"{Of(compare.Keys)}.{compare.Target} {compare.Result} {compare.Number}/{Of(compare.Value)}";
}
