using CsCheck;
using Sync.Mvcc.Alarms;
using Sync.Mvcc.Commands;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Leases;
using Sync.Mvcc.Transactions;

namespace Sync.Mvcc.Tests.Model;

/// <summary>Random commands over few keys, revisions and leases, so that they meet.</summary>
internal static class CommandGen
{
    public static readonly Gen<ReadOnlyMemory<byte>> Key =
        Gen.OneOf("a", "b", "c", "aa", "ab", "b\0", "\u00ff", "a\u00ff").Select(Text.Bytes);

    private static readonly Gen<ReadOnlyMemory<byte>> Value =
        Gen.OneOf("", "x", "y", "zz").Select(Text.Bytes);

    private static readonly Gen<LeaseId> Lease =
        Gen.Frequency((3, Gen.Const(0L)), (4, Gen.Long[1, 3]), (1, Gen.Const(-7L))).Select(id => new LeaseId(id));

    private static readonly Gen<Revision> Revision = Gen.Long[-1, 24].Select(value => new Revision(value));

    private static readonly Gen<Revision> Bound =
        Gen.Frequency((5, Gen.Const(0L)), (2, Gen.Long[1, 20])).Select(value => new Revision(value));

    public static readonly Gen<KeyRange> Range = Gen.Frequency(
        (4, Key.Select(KeyRange.Exactly)),
        (2, Gen.Select(Key, Key, KeyRange.FromWire)),
        (1, Key.Select(KeyRange.From)),
        (1, Key.Select(KeyRange.Prefix)),
        (1, Gen.Const(KeyRange.All)));

    public static readonly Gen<RangeQuery> Query =
        from keys in Range
        from revision in Gen.Frequency((3, Gen.Const(default(Revision))), (2, Revision))
        from limit in Gen.Long[-1, 4]
        from order in Gen.Enum<SortOrder>()
        from target in Gen.Enum<SortTarget>()
        from shape in Gen.Int[0, 7]
        from bounds in Bound.Array[4]
        from isBounded in Gen.Int[0, 3]
        select new RangeQuery(keys)
        {
            Revision = revision,
            Limit = limit,
            Order = order,
            Target = target,
            KeysOnly = shape == 1,
            CountOnly = shape == 2,
            MinModRevision = isBounded == 1 ? bounds[0] : default,
            MaxModRevision = isBounded == 1 ? bounds[1] : default,
            MinCreateRevision = isBounded == 2 ? bounds[2] : default,
            MaxCreateRevision = isBounded == 2 ? bounds[3] : default,
        };

    public static readonly Gen<PutOperation> Put =
        from key in Key
        from value in Value
        from lease in Lease
        from shape in Gen.Int[0, 9]
        from withPrevious in Gen.Bool
        select new PutOperation(key, shape == 1 ? default : value)
        {
            Lease = shape == 2 ? default : lease,
            KeepValue = shape == 1,
            KeepLease = shape == 2,
            WithPrevious = withPrevious,
        };

    public static readonly Gen<DeleteRangeOperation> Delete =
        Gen.Select(Range, Gen.Bool, (keys, previous) => new DeleteRangeOperation(keys) { WithPrevious = previous });

    private static readonly Gen<Compare> Compare =
        from keys in Gen.Frequency((3, Key.Select(KeyRange.Exactly)), (1, Range))
        from target in Gen.Int[0, 5]
        from result in Gen.Int[0, 4]
        from number in Gen.Frequency((2, Gen.Const(0L)), (3, Gen.Long[1, 8]))
        from value in Value
        select new Compare(keys, (CompareTarget)target, (CompareResult)result, number, value);

    public static readonly Gen<TxnOperation> Txn = TxnOf(depth: 2);

    /// <summary>Every kind of command, those that change keys most often.</summary>
    public static readonly Gen<Command> Any = Gen.Frequency(
        (8, Put.Select(Up)),
        (3, Delete.Select(Up)),
        (5, Txn.Select(Up)),
        (1, Query.Select(query => (Command)new RangeOperation(query))),
        (1, Revision.Select(revision => (Command)new CompactCommand(revision))),
        (2, Gen.Select(Lease, Gen.OneOf(-5L, 1L, 60L, 9_000_000_001L), (id, ttl) => (Command)new LeaseGrantCommand(id, ttl))),
        (1, Lease.Select(id => (Command)new LeaseRevokeCommand(id))),
        (1, Gen.Select(Lease, Gen.Long[-1, 70]).Array[0, 2].Select(parts => (Command)new LeaseCheckpointCommand(
            [.. parts.Select(part => new LeaseRemaining(part.Item1, part.Item2))]))));

    /// <summary>Alarms, of which few are raised at once.</summary>
    public static readonly Gen<Command> Alarm =
        from member in Gen.ULong[0, 1]
        from type in Gen.Int[0, 2]
        from raises in Gen.Frequency((1, Gen.Const(true)), (3, Gen.Const(false)))
        let alarm = new Alarm(member, (AlarmType)type)
        select raises ? (Command)new RaiseAlarmCommand(alarm) : new ClearAlarmCommand(alarm);

    private static Gen<TxnOperation> TxnOf(int depth)
    {
        var operations = OperationOf(depth).List[0, 3];
        return Gen.Select(Compare.List[0, 2], operations, operations, (compares, success, failure) =>
            new TxnOperation(compares, success, failure));
    }

    private static Gen<Operation> OperationOf(int depth)
    {
        var flat = Gen.Frequency(
            (4, Put.Select(put => (Operation)put)),
            (2, Delete.Select(delete => (Operation)delete)),
            (3, Query.Select(query => (Operation)new RangeOperation(query))),
            (0, Gen.Const((Operation)new EmptyOperation())));
        return depth == 0
            ? flat
            : Gen.Frequency((4, flat), (1, TxnOf(depth - 1).Select(nested => (Operation)nested)));
    }

    private static Command Up(Command command) => command;
}
