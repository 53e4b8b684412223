using Sync.Simulation.Checking;
using Sync.Simulation.Histories;

namespace Sync.Simulation.Watching;

public class WatchJudgeTests
{
    // 2: a=1  3: a=2 and b=1 together  4: a deleted  5: b=2  6: a=3
    private static readonly Replay History = Replayed();

    private static readonly WatchAnswer Created = new WatchAnswer.Created(1);

    private static readonly Dictionary<string, (WatchGuarantee? Broken, WatchRecord Watch)> Watches = new()
    {
        ["all of it"] = (null, All().Told(Created, At(2), At(3), At(4), At(5), At(6))),
        ["several revisions in one response"] = (null, All().Told(Created, At(2, 3, 4), At(5, 6))),
        ["a part of it, and the stream broke"] = (null, All(isLive: false).Told(Created, At(2), At(3))),
        ["one key"] = (null, Of("b").Told(Created, At("b", 3), At("b", 5))),
        ["from a revision on"] = (null, All(start: 4).Told(Created, At(4), At(5), At(6))),
        ["with progress where it is due"] = (null, All().Told(Created, At(2, 3), new WatchAnswer.Progress(3), At(4, 5, 6))),
        ["ended by a compaction of what it needs"] = (null, All(start: 2).Told(Created, new WatchAnswer.Compacted(4))),
        ["a revision after a later one"] = (WatchGuarantee.Ordered, All().Told(Created, At(2), At(3), At(5), At(4), At(6))),
        ["an event twice"] = (WatchGuarantee.Unique, All().Told(Created, At(2), At(2), At(3), At(4), At(5), At(6))),
        ["half of a revision, then the other half"] =
            (WatchGuarantee.Atomic, All().Told(Created, At(2), At("a", 3), At("b", 3), At(4), At(5), At(6))),
        ["a gap"] = (WatchGuarantee.Reliable, All().Told(Created, At(2), At(3), At(5), At(6))),
        ["the end is missing"] = (WatchGuarantee.Reliable, All().Told(Created, At(2), At(3), At(4), At(5))),
        ["another value than was written"] = (WatchGuarantee.Reliable,
            All(isLive: false).Told(Created, Changed(At(2), pair => pair with { Value = "9" }))),
        ["what never happened"] = (WatchGuarantee.Reliable,
            All(isLive: false).Told(Created, Changed(At(2), pair => pair with { Key = "q" }))),
        ["nothing at all"] = (WatchGuarantee.Reliable, All().Told()),
        ["a late beginning"] = (WatchGuarantee.Resumable, All(start: 2).Told(Created, At(3), At(4), At(5), At(6))),
        ["an early beginning"] = (WatchGuarantee.Resumable, All(start: 3).Told(Created, At(2), At(3), At(4), At(5), At(6))),
        ["progress before an event"] = (WatchGuarantee.Bookmarkable,
            All().Told(Created, At(2), new WatchAnswer.Progress(3), At(3), At(4), At(5), At(6))),
        ["progress to what has not happened"] = (WatchGuarantee.Bookmarkable,
            All().Told(Created, At(2), At(3), At(4), At(5), At(6), new WatchAnswer.Progress(7))),
        ["the pair before is missing"] = (WatchGuarantee.PreviousPair,
            Of("a", withPrevious: true).Told(Created, At("a", 2), At("a", 3), At("a", 4), At("a", 6))),
        ["a pair before that nobody asked for"] = (WatchGuarantee.PreviousPair, Of("b").Told(Created, Whole("b", 3), Whole("b", 5))),
        ["a changed key looks new"] = (WatchGuarantee.IsCreate,
            Of("b").Told(Created, At("b", 3), Changed(At("b", 5), pair => pair with { Create = 5, Version = 1 }))),
        ["another key"] = (WatchGuarantee.Filtered, Of("b").Told(Created, At(3), At("b", 5))),
        ["a delete that was filtered out"] = (WatchGuarantee.Filtered,
            Of("a", noDeletes: true).Told(Created, At("a", 2), At("a", 3), At("a", 4), At("a", 6))),
        ["ended by a compaction without need"] = (WatchGuarantee.Reliable,
            All(start: 2).Told(Created, At(2), At(3), At(4), new WatchAnswer.Compacted(4))),
    };

    public static TheoryData<string> Names => [.. Watches.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_watch_is_judged(string name)
    {
        var (broken, watch) = Watches[name];

        var faults = WatchJudge.Judge(watch, History);

        if (broken is { } guarantee)
        {
            faults.Should().Contain(fault => fault.Guarantee == guarantee);
        }
        else
        {
            faults.Should().BeEmpty();
        }
    }

    [Fact]
    public void Every_promise_is_broken_once() =>
        Watches.Values.Select(watch => watch.Broken).OfType<WatchGuarantee>().Distinct()
            .Should().BeEquivalentTo(Enum.GetValues<WatchGuarantee>());

    [Fact]
    public void The_pair_before_is_the_one_of_the_revision_before() =>
        WatchJudge.Judge(
            Of("a", withPrevious: true).Told(Created, Whole("a", 2), Whole("a", 3), Whole("a", 4), Whole("a", 6)), History)
            .Should().BeEmpty();

    private static Replay Replayed()
    {
        var replay = new Replay();
        replay.Add(new KvRequest.Put("a", "1"));
        replay.Add(new KvRequest.Txn(
            Items<KvCompare>.None,
            new([new KvRequest.Put("a", "2"), new KvRequest.Put("b", "1")]),
            Items<KvRequest>.None));
        replay.Add(new KvRequest.Delete("a"));
        replay.Add(new KvRequest.Put("b", "2"));
        replay.Add(new KvRequest.Put("a", "3"));
        return replay;
    }

    private static Spoken All(long start = 0, bool isLive = true) =>
        new(new WatchRecord { Key = "a", End = "z", Start = start, IsLive = isLive });

    private static Spoken Of(string key, bool withPrevious = false, bool noDeletes = false) => new(new WatchRecord
    {
        Key = key,
        End = null,
        Start = 0,
        IsLive = true,
        WithPrevious = withPrevious,
        NoDeletes = noDeletes,
    });

    private static WatchAnswer.Events At(params long[] revisions) => new(
        revisions[^1], new([.. revisions.SelectMany(revision => History.EventsAt(revision)).Select(WithoutPrevious)]));

    private static WatchAnswer.Events At(string key, long revision) =>
        new(revision, new([.. Whole(key, revision).All.Select(WithoutPrevious)]));

    private static WatchAnswer.Events Whole(string key, long revision) =>
        new(revision, new([.. History.EventsAt(revision).Where(change => change.Pair.Key == key)]));

    private static WatchAnswer.Events Changed(WatchAnswer.Events events, Func<KvPair, KvPair> change) =>
        events with { All = new([.. events.All.Select(one => one with { Pair = change(one.Pair) })]) };

    private static KvEvent WithoutPrevious(KvEvent change) => change with { Previous = null };

    /// <summary>A watch that waits for what it was told.</summary>
    private sealed record Spoken(WatchRecord Record)
    {
        public WatchRecord Told(params WatchAnswer[] answers)
        {
            Record.Answers.AddRange(answers);
            return Record;
        }
    }
}
