using Sync.Simulation.Histories;
using static Sync.Simulation.Histories.KvRequest;
using static Sync.Simulation.Histories.KvResponse;

namespace Sync.Simulation.Checking;

public class RegisterHistoryTests
{
    private static readonly Dictionary<string, (Verdict Verdict, HandWrittenHistory History)> Histories = new()
    {
        ["nothing"] = (Verdict.Linearizable, H()),
        ["a read of what was never written"] = (Verdict.Linearizable, H().Op(0, 1, R, Read(null))),
        ["a read of what was written before"] = (Verdict.Linearizable, H().Op(0, 1, W("1"), Wrote(null)).Op(2, 3, R, Read("1"))),
        ["a read that misses what was written before"] =
            (Verdict.Violated, H().Op(0, 1, W("1"), Wrote(null)).Op(2, 3, R, Read(null))),
        ["a read of what nobody wrote"] = (Verdict.Violated, H().Op(0, 1, W("1"), Wrote(null)).Op(2, 3, R, Read("2"))),
        ["a read during a write sees the old value"] =
            (Verdict.Linearizable, H().Op(0, 10, W("1"), Wrote(null)).Op(2, 3, R, Read(null))),
        ["a read during a write sees the new value"] =
            (Verdict.Linearizable, H().Op(0, 10, W("1"), Wrote(null)).Op(2, 3, R, Read("1"))),
        ["reads during a write see the new value and then the old one"] = (Verdict.Violated,
            H().Op(0, 10, W("1"), Wrote(null)).Op(1, 2, R, Read("1")).Op(3, 4, R, Read(null))),
        ["reads during a write see the old value and then the new one"] = (Verdict.Linearizable,
            H().Op(0, 10, W("1"), Wrote(null)).Op(1, 2, R, Read(null)).Op(3, 4, R, Read("1"))),
        ["two writes at once in an order that their answers tell"] = (Verdict.Linearizable,
            H().Op(0, 10, W("1"), Wrote("2")).Op(0, 10, W("2"), Wrote(null)).Op(11, 12, R, Read("1"))),
        ["two writes at once that each came first"] = (Verdict.Violated,
            H().Op(0, 10, W("1"), Wrote(null)).Op(0, 10, W("2"), Wrote(null))),
        ["an older value comes back"] = (Verdict.Violated,
            H().Op(0, 1, W("1"), Wrote(null)).Op(2, 3, W("2"), Wrote("1")).Op(4, 5, R, Read("1"))),
        ["a write of unknown outcome is seen much later"] = (Verdict.Linearizable,
            H().Unknown(0, W("1")).Op(1, 2, R, Read(null)).Op(100, 101, R, Read("1"))),
        ["a write of unknown outcome is never seen"] = (Verdict.Linearizable,
            H().Unknown(0, W("1")).Op(1, 2, R, Read(null)).Op(100, 101, R, Read(null))),
        ["a write of unknown outcome is seen and then undone"] = (Verdict.Violated,
            H().Unknown(0, W("1")).Op(1, 2, R, Read("1")).Op(3, 4, R, Read(null))),
        ["a write is seen before it was asked for"] = (Verdict.Violated,
            H().Op(1, 2, R, Read("1")).Unknown(3, W("1"))),
        ["a write that failed for certain is seen"] = (Verdict.Violated,
            H().Failed(0, W("1")).Op(1, 2, R, Read("1"))),
        ["two of three writes of unknown outcome happened, in the other order"] = (Verdict.Linearizable,
            H().Unknown(0, W("1")).Unknown(0, W("2")).Unknown(0, W("3")).Op(5, 6, R, Read("3")).Op(7, 8, R, Read("1"))),
        ["a delete hides a value"] = (Verdict.Linearizable,
            H().Op(0, 1, W("1"), Wrote(null)).Op(2, 3, D, Removed("1")).Op(4, 5, R, Read(null))),
        ["a delete that hides nothing"] = (Verdict.Violated,
            H().Op(0, 1, W("1"), Wrote(null)).Op(2, 3, D, Removed("1")).Op(4, 5, R, Read("1"))),
        ["compare and set on the right value"] = (Verdict.Linearizable,
            H().Op(0, 1, W("1"), Wrote(null)).Op(2, 3, Swap("1", "2"), Swapped(true)).Op(4, 5, R, Read("2"))),
        ["compare and set on a wrong value"] = (Verdict.Violated,
            H().Op(0, 1, W("1"), Wrote(null)).Op(2, 3, Swap("0", "2"), Swapped(true))),
        ["two compare and sets on one value"] = (Verdict.Violated,
            H().Op(0, 1, W("1"), Wrote(null)).Op(2, 9, Swap("1", "2"), Swapped(true)).Op(2, 9, Swap("1", "3"), Swapped(true))),
        ["a compare and set that fails though the value stands"] = (Verdict.Violated,
            H().Op(0, 1, W("1"), Wrote(null)).Op(2, 3, Swap("1", "2"), Swapped(false))),
    };

    public static TheoryData<string> Names => [.. Histories.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_history_of_one_key_gets_its_verdict(string name)
    {
        var (verdict, history) = Histories[name];

        LinearizabilityChecker<RegisterModel.Content>.Check(new RegisterModel("r"), history.Operations)
            .Verdict.Should().Be(verdict);
    }

    [Fact]
    public void A_search_that_is_too_long_is_given_up()
    {
        var history = H();
        for (var writer = 0; writer < 20; writer++)
        {
            history.Unknown(0, W($"{writer}"));
        }

        history.Op(1, 2, R, Read("none"));

        LinearizabilityChecker<RegisterModel.Content>.Check(new RegisterModel("r"), history.Operations, stepsMax: 1000)
            .Verdict.Should().Be(Verdict.Undecided);
    }

    [Fact]
    public void A_violation_names_what_cannot_follow()
    {
        var history = H().Op(0, 1, W("1"), Wrote(null)).Op(2, 3, R, Read("2"));

        LinearizabilityChecker<RegisterModel.Content>.Check(new RegisterModel("r"), history.Operations)
            .Reason.Should().Contain("1 of 2 operations").And.Contain("impossible #2");
    }

    private static Get R => new("r");

    private static Delete D => new("r");

    private static HandWrittenHistory H() => new();

    private static Put W(string value) => new("r", value);

    private static Txn Swap(string from, string to) => new(
        new Items<KvCompare>([new KvCompare("r", from)]), new Items<KvRequest>([W(to)]), new Items<KvRequest>([R]));

    private static Done Wrote(string? before) => new(0, before is null ? null : Pair(before));

    private static Got Read(string? value) => new(0, Pairs(value));

    private static Deleted Removed(string? value) => new(0, Pairs(value));

    private static Ran Swapped(bool succeeded) => new(0, succeeded, Items<KvResponse>.None);

    private static Items<KvPair> Pairs(string? value) => value is null ? Items<KvPair>.None : new([Pair(value)]);

    private static KvPair Pair(string value) => new("r", value, 0, 0, 0, 0);
}
