using Sync.Mvcc.Changes;
using Sync.Mvcc.Commands;
using Sync.Mvcc.History;
using Sync.Mvcc.Leases;

namespace Sync.Mvcc.Keys;

/// <summary>Reads keys from an index and values from the store, at the index's revision or an older one.</summary>
/// <param name="Index">The index.</param>
/// <param name="Store">Holds the values.</param>
/// <param name="Revision">The revision of the index's newest state.</param>
/// <param name="Compacted">The oldest readable revision.</param>
/// <param name="View">
/// The published view that is read, null for what the writer reads of its own. A store keeps the values of a view for as long
/// as the view is reachable, so whoever reads them must hold it: without this, the last use of a view is before the reading.
/// </param>
internal readonly record struct KeyspaceReader(
    ChangeIndexView Index, IChangeStore Store, Revision Revision, Revision Compacted, object? View = null)
{
    // Small enough to be summed up.
    private const long ManyKeys = int.MaxValue;

    /// <summary>Why a revision cannot be read; null when it can.</summary>
    public StoreError? Refusal(Revision at) =>
        at > Revision ? StoreError.FutureRevision
        : at < Compacted ? StoreError.Compacted
        : null;

    /// <summary>The pair of a key now; null when the key does not exist.</summary>
    public KeyValue? Find(ReadOnlySpan<byte> key)
    {
        ref readonly var record = ref Index.Find(key);
        return record.IsMissing ? null : Pair(record);
    }

    /// <summary>The pair that a put made.</summary>
    public KeyValue Pair(in ChangeRecord record) => PairWith(record, Value(record));

    /// <summary>The value that a put made.</summary>
    public ReadOnlyMemory<byte> Value(in ChangeRecord record)
    {
        var stored = Store.Read(record.Location);
        GC.KeepAlive(View);
        Invariant.Require(stored.Header.Id == record.Id, "a location holds the change that the index put there");
        return stored.Value;
    }

    /// <summary>Whether any key exists at a revision.</summary>
    public bool HasKeysAt(Revision at) => Count(KeyRange.All, at) > 0;

    /// <summary>About how many keys a read looks at. What an older revision had is not counted, but taken for many.</summary>
    public long KeysOf(RangeQuery query) =>
        query.Keys.IsSingleKey ? 1
        : query.Revision.IsSome && query.Revision != Revision ? ManyKeys
        : query.CountOnly ? 0
        : query.Limit > 0 && CutsFirst(query) ? Math.Min(query.Limit, Index.CountNow(query.Keys))
        : Index.CountNow(query.Keys);

    /// <summary>About how many keys a transaction that only reads looks at, whichever of its lists runs.</summary>
    public long KeysOf(TxnOperation transaction)
    {
        var keys = 0L;
        foreach (var compare in transaction.Compares)
        {
            keys += Index.CountNow(compare.Keys);
        }

        foreach (var operation in transaction.Success.Concat(transaction.Failure))
        {
            keys += operation switch
            {
                RangeOperation range => KeysOf(range.Query),
                TxnOperation nested => KeysOf(nested),
                _ => 0,
            };
        }

        return keys;
    }

    /// <summary>Reads an interval.</summary>
    /// Source: etcd, server/etcdserver/txn, Range; the order of its steps is part of the contract.
    public Result<RangeOutcome> Range(RangeQuery query, CancellationToken cancellation = default)
    {
        if (!query.HasKnownSort)
        {
            return StoreError.InvalidSortOption;
        }

        var at = query.Revision.IsSome ? query.Revision : Revision;
        if (Refusal(at) is { } refusal)
        {
            return refusal;
        }

        if (query.CountOnly)
        {
            return new RangeOutcome(Revision, [], More: false, Count(query.Keys, at));
        }

        return query.Keys.IsSingleKey ? RangeOfOne(query, at) : RangeOfMany(query, at, cancellation);
    }

    private static KeyValue PairWith(in ChangeRecord record, ReadOnlyMemory<byte> value) => new(
        record.Key,
        new Revision(record.Create),
        new Revision(record.Main),
        record.Version,
        value,
        new LeaseId(record.Lease));

    private RangeOutcome RangeOfOne(RangeQuery query, Revision at)
    {
        if (!Index.Keys.TryFind(query.Keys.Start.Span, out _, out var newest))
        {
            return new RangeOutcome(Revision, [], More: false, Count: 0);
        }

        ref readonly var record = ref Index.FindAt(newest.Ordinal, at.Value);
        if (record.IsMissing)
        {
            return new RangeOutcome(Revision, [], More: false, Count: 0);
        }

        KeyValue[] pairs = Passes(query, record) ? [Pair(query, record)] : [];
        return new RangeOutcome(Revision, pairs, More: false, Count: 1);
    }

    private RangeOutcome RangeOfMany(RangeQuery query, Revision at, CancellationToken cancellation)
    {
        var limit = query.Limit > 0 ? query.Limit : long.MaxValue;
        var wanted = CutsFirst(query) && limit < long.MaxValue ? limit + 1 : long.MaxValue;
        var found = Collect(query, at, wanted, cancellation, out var count);
        var more = found.Count > limit;

        IEnumerable<long> ordered = found;
        if (!IsInKeyOrder(query))
        {
            ordered = Sort(query, found);
        }

        var pairs = new KeyValue[more ? limit : found.Count];
        var next = 0;
        foreach (var ordinal in ordered.Take(pairs.Length))
        {
            cancellation.ThrowIfCancellationRequested();
            pairs[next++] = Pair(query, Index.Log[ordinal]);
        }

        return new RangeOutcome(Revision, pairs, more, count);
    }

    /// <summary>The puts of an interval that pass the filters, in order of key.</summary>
    private List<long> Collect(
        RangeQuery query, Revision at, long wanted, CancellationToken cancellation, out long count)
    {
        var found = new List<long>();
        var isNow = at == Revision;
        count = isNow ? Index.CountNow(query.Keys) : 0;
        var cursor = Index.Keys.Scan(query.Keys);
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            if (isNow && (found.Count >= wanted || found.Count == count))
            {
                break;
            }

            var ordinal = isNow ? cursor.Value.Ordinal : Index.Log.FindAt(cursor.Value.Ordinal, at.Value);
            ref readonly var record = ref Index.Log[ordinal];
            if (record.IsMissing || record.IsDelete)
            {
                continue;
            }

            count += isNow ? 0 : 1;
            if (found.Count < wanted && Passes(query, record))
            {
                found.Add(ordinal);
            }
        }

        return found;
    }

    private long Count(KeyRange keys, Revision at)
    {
        if (at == Revision)
        {
            return Index.CountNow(keys);
        }

        var count = 0L;
        var cursor = Index.Keys.Scan(keys);
        while (cursor.MoveNext())
        {
            count += Index.FindAt(cursor.Value.Ordinal, at.Value).IsMissing ? 0 : 1;
        }

        return count;
    }

    // Sorting is stable, so that equal ones stay in order of key.
    private IEnumerable<long> Sort(RangeQuery query, List<long> found)
    {
        var self = this;
        return query.Target switch
        {
            SortTarget.Key => Directed(found, ordinal => self.Index.Log[ordinal].Key, ByteOrder.Instance),
            SortTarget.Value => Directed(found, ordinal => self.Value(self.Index.Log[ordinal]), ByteOrder.Instance),
            SortTarget.Version => Directed(found, ordinal => self.Index.Log[ordinal].Version, Comparer<long>.Default),
            SortTarget.Create => Directed(found, ordinal => self.Index.Log[ordinal].Create, Comparer<long>.Default),
            SortTarget.Mod => Directed(found, ordinal => self.Index.Log[ordinal].Main, Comparer<long>.Default),
            _ => throw Invariant.Unreachable(query.Target),
        };

        IEnumerable<long> Directed<TKey>(List<long> ordinals, Func<long, TKey> key, IComparer<TKey> order) =>
            query.Order == SortOrder.Descending ? ordinals.OrderByDescending(key, order) : ordinals.OrderBy(key, order);
    }

    private KeyValue Pair(RangeQuery query, in ChangeRecord record) =>
        PairWith(record, query.KeysOnly ? default : Value(record));

    private static bool IsInKeyOrder(RangeQuery query) =>
        query.Target == SortTarget.Key && query.Order != SortOrder.Descending;

    // Without an order the limit cuts before the sort, and one pair more than the limit is sorted.
    private static bool CutsFirst(RangeQuery query) =>
        IsInKeyOrder(query) || (query.Order == SortOrder.None && !IsFiltered(query));

    private static bool IsFiltered(RangeQuery query) =>
        query.MinModRevision != Revision.None || query.MaxModRevision != Revision.None
        || query.MinCreateRevision != Revision.None || query.MaxCreateRevision != Revision.None;

    private static bool Passes(RangeQuery query, in ChangeRecord record) =>
        (query.MinModRevision == Revision.None || record.Main >= query.MinModRevision.Value)
        && (query.MaxModRevision == Revision.None || record.Main <= query.MaxModRevision.Value)
        && (query.MinCreateRevision == Revision.None || record.Create >= query.MinCreateRevision.Value)
        && (query.MaxCreateRevision == Revision.None || record.Create <= query.MaxCreateRevision.Value);
}
