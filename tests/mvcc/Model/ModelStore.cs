using Sync.Mvcc.Alarms;
using Sync.Mvcc.Commands;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Transactions;

namespace Sync.Mvcc.Tests.Model;

/// <summary>One change as the model keeps it; a null pair is a delete.</summary>
internal sealed record ModelChange(long Main, int Sub, string Key, KeyValue? Pair)
{
    public string Text => Pair is null
        ? $"{Main}.{Sub}:Delete:{Tests.Model.Text.Of(Tests.Model.Text.Bytes(Key))}@0v0l0"
        : $"{Main}.{Sub}:Put:{Tests.Model.Text.Of(Pair.Key)}@{Pair.CreateRevision}v{Pair.Version}l{Pair.Lease}";
}

/// <summary>
/// The store as a list of everything that ever happened. Every question is answered by reading the list from
/// its beginning; nothing is ever removed.
/// </summary>
internal sealed class ModelStore
{
    private readonly List<ModelChange> _changes = [];
    private int _changesBefore;

    public long Revision { get; private set; } = 1;

    public long Compacted { get; private set; }

    public SortedDictionary<long, (long Granted, long Remaining)> Leases { get; } = [];

    public SortedSet<Alarm> Alarms { get; } = [];

    public IReadOnlyList<ModelChange> Changes => _changes;

    private long Working => _changes.Count > _changesBefore ? Revision + 1 : Revision;

    /// <summary>The pairs at a revision, by key.</summary>
    public SortedDictionary<string, KeyValue> At(long revision)
    {
        var pairs = new SortedDictionary<string, KeyValue>(StringComparer.Ordinal);
        foreach (var change in _changes.Where(change => change.Main <= revision))
        {
            if (change.Pair is null)
            {
                pairs.Remove(change.Key);
            }
            else
            {
                pairs[change.Key] = change.Pair;
            }
        }

        return pairs;
    }

    /// <summary>What a complete removal leaves in the store.</summary>
    public IEnumerable<ModelChange> Kept() => _changes.Where(change =>
        change.Main > Compacted
        || (change == _changes.Last(other => other.Key == change.Key && other.Main <= Compacted)
            && (change.Pair is not null || change.Main == Compacted)));

    public IEnumerable<string> KeysOf(long lease) =>
        At(long.MaxValue).Where(pair => pair.Value.Lease.Value == lease).Select(pair => pair.Key);

    public Result<Outcome> Apply(Command command)
    {
        _changesBefore = _changes.Count;
        if (AlarmRefusal(command) is { } refusal)
        {
            return refusal;
        }

        var result = Run(command);
        Revision = Working;
        _changesBefore = _changes.Count;
        return result;
    }

    public Result<RangeOutcome> Range(RangeQuery query)
    {
        if ((int)query.Order is < 0 or > 2 || (int)query.Target is < 0 or > 4)
        {
            return StoreError.InvalidSortOption;
        }

        var at = query.Revision.Value <= 0 ? Working : query.Revision.Value;
        if (at > Working)
        {
            return StoreError.FutureRevision;
        }

        if (at < Compacted)
        {
            return StoreError.Compacted;
        }

        var inside = Inside(query.Keys, at);
        if (query.CountOnly)
        {
            return new RangeOutcome(new(Working), [], false, inside.Count);
        }

        // The steps of etcd, one by one.
        var limit = query.Limit > 0 ? query.Limit : long.MaxValue - 1;
        var hasFilter = query.MinModRevision.Value != 0 || query.MaxModRevision.Value != 0
            || query.MinCreateRevision.Value != 0 || query.MaxCreateRevision.Value != 0;
        var fetched = query.Order != SortOrder.None || hasFilter
            ? inside
            : [.. inside.Take((int)Math.Min(limit + 1, int.MaxValue))];
        var passed = fetched
            .Where(pair => query.MinModRevision.Value == 0 || pair.ModRevision >= query.MinModRevision)
            .Where(pair => query.MaxModRevision.Value == 0 || pair.ModRevision <= query.MaxModRevision)
            .Where(pair => query.MinCreateRevision.Value == 0 || pair.CreateRevision >= query.MinCreateRevision)
            .Where(pair => query.MaxCreateRevision.Value == 0 || pair.CreateRevision <= query.MaxCreateRevision)
            .ToList();
        IEnumerable<KeyValue> ordered = query.Order == SortOrder.Descending
            ? passed.OrderByDescending(pair => SortKey(pair, query.Target), StringComparer.Ordinal)
            : passed.OrderBy(pair => SortKey(pair, query.Target), StringComparer.Ordinal);
        var pairs = ordered.Take((int)Math.Min(limit, int.MaxValue))
            .Select(pair => query.KeysOnly ? pair with { Value = default } : pair).ToArray();
        return new RangeOutcome(new(Working), pairs, passed.Count > limit, inside.Count);
    }

    private static string SortKey(KeyValue pair, SortTarget target) => target switch
    {
        SortTarget.Key => Latin(pair.Key),
        SortTarget.Version => $"{pair.Version:d20}",
        SortTarget.Create => $"{pair.CreateRevision.Value:d20}",
        SortTarget.Mod => $"{pair.ModRevision.Value:d20}",
        SortTarget.Value => Latin(pair.Value),
        _ => throw new ArgumentOutOfRangeException(nameof(target)),
    };

    private static string Latin(ReadOnlyMemory<byte> bytes) => System.Text.Encoding.Latin1.GetString(bytes.Span);

    private static bool IsInside(KeyRange keys, string key)
    {
        var start = Latin(keys.Start);
        var end = Latin(keys.RangeEnd);
        return end switch
        {
            "" => key == start,
            "\0" => string.CompareOrdinal(key, start) >= 0,
            _ => string.CompareOrdinal(key, start) >= 0 && string.CompareOrdinal(key, end) < 0,
        };
    }

    private List<KeyValue> Inside(KeyRange keys, long at) =>
        [.. At(at).Where(pair => IsInside(keys, pair.Key)).Select(pair => pair.Value)];

    private StoreError? AlarmRefusal(Command command)
    {
        var isCorrupt = Alarms.Any(alarm => alarm.Type == AlarmType.Corrupt);
        var isFull = Alarms.Any(alarm => alarm.Type == AlarmType.NoSpace);
        var changes = command is PutOperation or DeleteRangeOperation or CompactCommand or LeaseGrantCommand
            or LeaseRevokeCommand || (command is TxnOperation txn && HasWrite(txn));
        return isCorrupt && changes ? StoreError.Corrupt
            : isFull && (command is PutOperation or LeaseGrantCommand || (command is TxnOperation put && HasPut(put)))
                ? StoreError.NoSpace
                : null;
    }

    private static bool HasWrite(TxnOperation txn) => txn.Success.Concat(txn.Failure).Any(operation =>
        operation is PutOperation or DeleteRangeOperation || (operation is TxnOperation nested && HasWrite(nested)));

    private static bool HasPut(TxnOperation txn) => txn.Success.Concat(txn.Failure).Any(operation =>
        operation is PutOperation || (operation is TxnOperation nested && HasPut(nested)));

    private Result<Outcome> Run(Command command)
    {
        switch (command)
        {
            case RangeOperation range:
                var read = Range(range.Query);
                return read.IsOk ? read.Value : read.Error;
            case PutOperation put:
                return (LeaseRefusal(put) ?? KeyRefusal(put)) is { } refusal ? refusal : Put(put);
            case DeleteRangeOperation delete:
                return Delete(delete);
            case TxnOperation txn:
                return Run(txn);
            case CompactCommand compact when compact.Revision.Value <= Compacted:
                return StoreError.Compacted;
            case CompactCommand compact when compact.Revision.Value > Revision:
                return StoreError.FutureRevision;
            case CompactCommand compact:
                Compacted = compact.Revision.Value;
                return new CompactOutcome(new(Revision));
            case LeaseGrantCommand grant when grant.Lease.Value == 0:
                return StoreError.LeaseNotFound;
            case LeaseGrantCommand grant when grant.TtlSeconds > 9_000_000_000:
                return StoreError.LeaseTtlTooLarge;
            case LeaseGrantCommand grant when Leases.ContainsKey(grant.Lease.Value):
                return StoreError.LeaseExists;
            case LeaseGrantCommand grant:
                var granted = grant.TtlSeconds < 2 ? 2 : grant.TtlSeconds;
                Leases.Add(grant.Lease.Value, (granted, 0));
                return new LeaseGrantOutcome(new(Revision), grant.Lease, granted);
            case LeaseRevokeCommand revoke when !Leases.ContainsKey(revoke.Lease.Value):
                return StoreError.LeaseNotFound;
            case LeaseRevokeCommand revoke:
                KeysOf(revoke.Lease.Value).ToList().ForEach(key => Add(key, null));
                Leases.Remove(revoke.Lease.Value);
                return new LeaseRevokeOutcome(new(Working));
            case LeaseCheckpointCommand checkpoint:
                foreach (var (lease, seconds) in checkpoint.Remaining.Where(one => Leases.ContainsKey(one.Lease.Value)))
                {
                    var ttl = Leases[lease.Value].Granted;
                    Leases[lease.Value] = (ttl, seconds < 0 ? 0 : seconds > ttl ? ttl : seconds);
                }

                return new LeaseCheckpointOutcome(new(Revision));
            case RaiseAlarmCommand raise:
                var isNew = raise.Alarm.Type != AlarmType.None && Alarms.Add(raise.Alarm);
                return new AlarmOutcome(new(Revision), isNew ? [raise.Alarm] : []);
            case ClearAlarmCommand clear:
                return new AlarmOutcome(new(Revision), Alarms.Remove(clear.Alarm) ? [clear.Alarm] : []);
            default:
                return StoreError.KeyNotFound;
        }
    }

    private StoreError? LeaseRefusal(PutOperation put) =>
        put.Lease.Value != 0 && !Leases.ContainsKey(put.Lease.Value) ? StoreError.LeaseNotFound : null;

    private StoreError? KeyRefusal(PutOperation put) =>
        (put.KeepValue || put.KeepLease) && !At(long.MaxValue).ContainsKey(Latin(put.Key))
            ? StoreError.KeyNotFound
            : null;

    private PutOutcome Put(PutOperation put)
    {
        var key = Latin(put.Key);
        var before = At(long.MaxValue).GetValueOrDefault(key);
        Add(key, new KeyValue(
            put.Key.ToArray(),
            before?.CreateRevision ?? new Revision(Revision + 1),
            new Revision(Revision + 1),
            (before?.Version ?? 0) + 1,
            put.KeepValue && before is not null ? before.Value : put.Value.ToArray(),
            put.KeepLease && before is not null ? before.Lease : put.Lease));
        return new PutOutcome(new(Working), put.WithPrevious ? before : null);
    }

    private DeleteRangeOutcome Delete(DeleteRangeOperation delete)
    {
        var inside = Inside(delete.Keys, long.MaxValue);
        inside.ForEach(pair => Add(Latin(pair.Key), null));
        return new DeleteRangeOutcome(new(Working), inside.Count, delete.WithPrevious ? inside : []);
    }

    private void Add(string key, KeyValue? pair) =>
        _changes.Add(new ModelChange(Revision + 1, _changes.Count - _changesBefore, key, pair));

    private Result<Outcome> Run(TxnOperation txn)
    {
        var before = At(Revision);
        var onPath = OnPath(txn, before).ToList();
        var refusals = onPath.OfType<PutOperation>().Select(put => KeyRefusal(put) ?? LeaseRefusal(put))
            .Concat(onPath.Select(ReadRefusal));
        if (refusals.FirstOrDefault(refusal => refusal is not null) is { } refusal)
        {
            return refusal;
        }

        var outcome = Execute(txn, before);
        return outcome with { Revision = new(Working) };
    }

    private StoreError? ReadRefusal(Operation operation) => operation switch
    {
        EmptyOperation => StoreError.KeyNotFound,
        RangeOperation { Query.Revision.Value: var at } when at > Revision => StoreError.FutureRevision,
        RangeOperation { Query.Revision.Value: var at } when at != 0 && at < (Compacted == 0 ? -1 : Compacted) =>
            StoreError.Compacted,
        RangeOperation { Query: var query } when (int)query.Order > 2 || (int)query.Target > 4 =>
            StoreError.InvalidSortOption,
        _ => null,
    };

    private static IEnumerable<Operation> OnPath(TxnOperation txn, SortedDictionary<string, KeyValue> before) =>
        (txn.Compares.All(compare => Holds(compare, before)) ? txn.Success : txn.Failure)
            .SelectMany(operation => operation is TxnOperation nested ? OnPath(nested, before) : [operation]);

    private TxnOutcome Execute(TxnOperation txn, SortedDictionary<string, KeyValue> before)
    {
        var succeeded = txn.Compares.All(compare => Holds(compare, before));
        var responses = new List<Outcome>();
        foreach (var operation in succeeded ? txn.Success : txn.Failure)
        {
            responses.Add(operation switch
            {
                RangeOperation range => Range(range.Query).Value,
                PutOperation put => Put(put),
                DeleteRangeOperation delete => Delete(delete),
                TxnOperation nested => Execute(nested, before),
                _ => throw new InvalidOperationException(operation.ToString()),
            });
        }

        return new TxnOutcome(new(0), succeeded, responses);
    }

    private static bool Holds(Compare compare, SortedDictionary<string, KeyValue> before)
    {
        var pairs = before.Where(pair => IsInside(compare.Keys, pair.Key)).Select(pair => pair.Value).ToList();
        if (pairs.Count == 0)
        {
            return compare.Target != CompareTarget.Value
                && Stands(compare, (int)compare.Target > 4 ? 0 : 0L.CompareTo(compare.Number));
        }

        return pairs.All(pair => Stands(compare, compare.Target switch
        {
            CompareTarget.Version => pair.Version.CompareTo(compare.Number),
            CompareTarget.Create => pair.CreateRevision.Value.CompareTo(compare.Number),
            CompareTarget.Mod => pair.ModRevision.Value.CompareTo(compare.Number),
            CompareTarget.Lease => pair.Lease.Value.CompareTo(compare.Number),
            CompareTarget.Value => string.CompareOrdinal(Latin(pair.Value), Latin(compare.Value)),
            _ => 0,
        }));
    }

    private static bool Stands(Compare compare, int order) => compare.Result switch
    {
        CompareResult.Equal => order == 0,
        CompareResult.Greater => order > 0,
        CompareResult.Less => order < 0,
        CompareResult.NotEqual => order != 0,
        _ => true,
    };
}
