using Sync.Simulation.Histories;
using static Sync.Simulation.Histories.KvRequest;
using static Sync.Simulation.Histories.KvResponse;

namespace Sync.Simulation.Checking;

public class KeyspaceHistoryTests
{
    private static readonly KvPair A2 = new("a", "1", 2, 2, 1, 0);
    private static readonly KvPair A3 = new("a", "2", 2, 3, 2, 0);
    private static readonly KvPair B3 = new("b", "1", 3, 3, 1, 7);

    private static readonly Dictionary<string, (Verdict Verdict, HandWrittenHistory History)> Histories = new()
    {
        ["revisions rise by one"] = (Verdict.Linearizable, Base().Op(2, 3, new Put("a", "2"), new Done(3, A2))),
        ["a revision is left out"] = (Verdict.Violated, Base().Op(2, 3, new Put("a", "2"), new Done(4, A2))),
        ["a revision is used twice"] = (Verdict.Violated, Base().Op(2, 3, new Put("b", "1"), new Done(2, null))),
        ["a write of unknown outcome takes the revision between"] = (Verdict.Linearizable,
            Base().Unknown(2, new Put("a", "2")).Op(3, 4, new Put("a", "3"), new Done(4, A3))),
        ["a write of unknown outcome takes a revision that another one has"] = (Verdict.Violated,
            Base().Unknown(2, new Put("b", "9")).Op(3, 4, new Put("a", "2"), new Done(3, A2))
                .Op(5, 6, new Get("b"), new Got(3, new([new KvPair("b", "9", 3, 3, 1, 0)])))),
        ["a read tells an old revision after a write"] = (Verdict.Violated,
            Base().Op(2, 3, new Put("a", "2"), new Done(3, A2)).Op(4, 5, new Get("a"), new Got(2, new([A2])))),
        ["the version does not count"] = (Verdict.Violated,
            Base().Op(2, 3, new Put("a", "2"), new Done(3, A2)).Op(4, 5, new Get("a"), new Got(3, new([A3 with { Version = 1 }])))),
        ["a range sees all of a transaction"] = (Verdict.Linearizable, WithBoth(new([A3, B3 with { Lease = 0 }]))),
        ["a range sees half of a transaction"] = (Verdict.Violated, WithBoth(new([A2, B3 with { Lease = 0 }]))),
        ["a transaction's failure branch runs though its condition holds"] = (Verdict.Violated,
            Base().Op(2, 3, Transaction("1"), new Ran(2, false, Items<KvResponse>.None))),
        ["a put on a lease that is there"] = (Verdict.Linearizable,
            Base().Op(2, 3, new Grant(7, 5), new Granted(2)).Op(4, 5, new Put("b", "1", 7), new Done(3, null))
                .Op(6, 7, new Get("b"), new Got(3, new([B3])))),
        ["a put on a lease that nobody granted"] = (Verdict.Violated,
            Base().Op(4, 5, new Put("b", "1", 7), new Done(3, null))),
        ["a refusal for a lease that is there"] = (Verdict.Violated,
            Base().Op(2, 3, new Grant(7, 5), new Granted(2))
                .Op(4, 5, new Put("b", "1", 7), new Refused(KvRefusal.LeaseNotFound))),
        ["the end of a lease takes its keys along"] = (Verdict.Linearizable,
            WithLease().Op(6, 7, new Revoke(7), new Revoked(4)).Op(8, 9, new Get("b"), new Got(4, Items<KvPair>.None))),
        ["the end of a lease leaves its keys"] = (Verdict.Violated,
            WithLease().Op(6, 7, new Revoke(7), new Revoked(4)).Op(8, 9, new Get("b"), new Got(4, new([B3])))),
        ["a compaction of what has not happened"] = (Verdict.Violated, Base().Op(2, 3, new Compact(5), new Compacted(2))),
        ["a compaction back in time"] = (Verdict.Violated,
            Base().Op(2, 3, new Compact(2), new Compacted(2)).Op(4, 5, new Compact(1), new Compacted(2))),
        ["a compaction that is refused rightly"] = (Verdict.Linearizable,
            Base().Op(2, 3, new Compact(2), new Compacted(2)).Op(4, 5, new Compact(1), new Refused(KvRefusal.Compacted))),
    };

    public static TheoryData<string> Names => [.. Histories.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_history_of_the_keyspace_gets_its_verdict(string name)
    {
        var (verdict, history) = Histories[name];

        LinearizabilityChecker<KeyspaceState>.Check(new KeyspaceModel(history.Operations), history.Operations)
            .Verdict.Should().Be(verdict);
    }

    private static HandWrittenHistory Base() => new HandWrittenHistory().Op(0, 1, new Put("a", "1"), new Done(2, null));

    private static Txn Transaction(string expected) => new(
        new([new KvCompare("a", expected)]), new([new Put("a", "2"), new Put("b", "1")]), Items<KvRequest>.None);

    private static HandWrittenHistory WithBoth(Items<KvPair> seen) => Base()
        .Op(2, 9, Transaction("1"), new Ran(3, true, new([new Done(0, A2), new Done(0, null)])))
        .Op(3, 4, new Get("a", "c"), new Got(3, seen));

    private static HandWrittenHistory WithLease() => Base()
        .Op(2, 3, new Grant(7, 5), new Granted(2)).Op(4, 5, new Put("b", "1", 7), new Done(3, null));
}
