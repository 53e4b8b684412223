using Sync.Mvcc.Commands;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Transactions;

namespace Sync.Mvcc.Tests.Model;

/// <summary>Short ways to write requests.</summary>
internal static class Requests
{
    public static PutOperation Put(string key, string value) => new(Text.Bytes(key), Text.Bytes(value));

    public static DeleteRangeOperation Delete(string key) => new(KeyRange.Exactly(Text.Bytes(key)));

    public static DeleteRangeOperation DeletePrefix(string prefix) => new(KeyRange.Prefix(Text.Bytes(prefix)));

    public static RangeOperation Range(string key) => new(new RangeQuery(KeyRange.Exactly(Text.Bytes(key))));

    public static RangeOperation RangeAt(string key, long revision) =>
        new(new RangeQuery(KeyRange.Exactly(Text.Bytes(key))) { Revision = new(revision) });

    public static TxnOperation Txn(
        Compare[]? compares = null, Operation[]? then = null, Operation[]? otherwise = null) =>
        new(compares ?? [], then ?? [], otherwise ?? []);

    public static Compare VersionIs(string key, long version) =>
        new(KeyRange.Exactly(Text.Bytes(key)), CompareTarget.Version, CompareResult.Equal, version, default);
}
