using CsCheck;
using Sync.Etcd.Api;
using Sync.Etcd.Client.Mirroring;
using static Sync.Etcd.Client.Tests.Mirroring.Wire;

namespace Sync.Etcd.Client.Tests.Mirroring;

public sealed class RevisionJoinTests
{
    [Fact]
    public void One_watcher_gives_out_each_revision_at_once()
    {
        var join = new RevisionJoin(watchers: 1, floor: 10);

        join.Take(0, Answer(Put("a", 12), Delete("b", 12), Put("a", 14))).Should().BeTrue();

        Told(join.Release()).Should().Equal("12: put a, delete b", "14: put a");
        join.Revision.Should().Be(14);
        join.IsWaiting.Should().BeFalse();
    }

    [Fact]
    public void Fragments_are_one_answer()
    {
        var join = new RevisionJoin(watchers: 1, floor: 10);

        join.Take(0, Fragment(Put("a", 11)));
        Told(join.Release()).Should().BeEmpty();
        join.Take(0, Fragment(Put("b", 11)));
        Told(join.Release()).Should().BeEmpty();
        join.Take(0, Answer(Put("c", 11)));

        Told(join.Release()).Should().Equal("11: put a, put b, put c");
    }

    [Fact]
    public void Several_watchers_hold_a_revision_back_until_all_have_passed_it()
    {
        var join = new RevisionJoin(watchers: 2, floor: 4);

        join.Take(0, Answer(Put("a", 5)));
        join.Take(0, Answer(Put("b", 7)));
        join.Take(1, Answer(Put("x", 5)));
        Told(join.Release()).Should().Equal("5: put a, put x");
        join.IsWaiting.Should().BeTrue();
        join.PassAll(7);

        Told(join.Release()).Should().Equal("7: put b");
        join.IsWaiting.Should().BeFalse();
    }

    [Fact]
    public void A_watcher_that_tells_its_progress_has_passed_that_revision()
    {
        var join = new RevisionJoin(watchers: 2, floor: 4);

        join.Take(0, Answer(Put("a", 5)));
        join.Take(1, Progress(6));

        Told(join.Release()).Should().Equal("5: put a");
        join.Revision.Should().Be(5);
    }

    [Fact]
    public void Events_at_or_below_the_floor_are_known_already()
    {
        var join = new RevisionJoin(watchers: 1, floor: 10);

        join.Take(0, Answer(Put("a", 9), Put("a", 10), Put("a", 11))).Should().BeTrue();

        Told(join.Release()).Should().Equal("11: put a");
    }

    [Fact]
    public void An_event_of_a_revision_that_was_given_out_is_out_of_order()
    {
        var join = new RevisionJoin(watchers: 2, floor: 4);
        join.Take(0, Answer(Put("a", 5)));
        join.PassAll(5);
        join.Release();

        join.Take(1, Answer(Put("x", 5))).Should().BeFalse();
    }

    [Fact]
    public void Whatever_the_interleaving_each_revision_comes_once_whole_and_in_order() =>
        Gen.Select(Gen.Int[1, 3], Gen.Int[0, 6].Array[0, 30], Gen.Int[0, int.MaxValue])
            .Sample((watchers, widths, seed) =>
            {
                var history = HistoryOf(watchers, widths);
                var join = new RevisionJoin(watchers, floor: 1);
                var told = Deliver(join, history, watchers, new Random(seed));

                return told.SequenceEqual(Told(history.Where(one => one.Events.Count > 0)));
            });

    // Revision r has some events, told round the watchers; the event's key begins with its watcher's number.
    private static List<JoinedRevision> HistoryOf(int watchers, int[] widths) =>
        [.. widths.Select((width, index) => new JoinedRevision(
            index + 2,
            [.. Enumerable.Range(0, width).OrderBy(event_ => event_ % watchers)
                .Select(event_ => Put($"{event_ % watchers}/{event_}", index + 2))]))];

    // Each watcher's queue keeps its order; which queue comes next, and when progress is told, is chance.
    private static List<string> Deliver(
        RevisionJoin join, List<JoinedRevision> history, int watchers, Random chance)
    {
        var told = new List<string>();
        var queues = Enumerable.Range(0, watchers).Select(watcher => new Queue<Event[]>(
            history.Select(one => one.Events.Where(event_ => WatcherOf(event_) == watcher).ToArray())
                .Where(events => events.Length > 0))).ToArray();
        while (Array.Exists(queues, queue => queue.Count > 0))
        {
            var watcher = chance.Next(watchers);
            if (queues[watcher].TryDequeue(out var events))
            {
                var split = chance.Next(events.Length + 1);
                join.Take(watcher, Fragment(events[..split])).Should().BeTrue();
                join.Take(watcher, Answer(events[split..])).Should().BeTrue();
            }

            var left = queues.Where(queue => queue.Count > 0).Select(queue => queue.Peek()[0].Kv.ModRevision);
            if (chance.Next(3) == 0)
            {
                join.PassAll(left.DefaultIfEmpty(history.Count + 2).Min() - 1);
            }

            told.AddRange(Told(join.Release()));
        }

        join.PassAll(history.Count + 1);
        told.AddRange(Told(join.Release()));
        return told;
    }

    private static int WatcherOf(Event event_) => event_.Kv.Key[0] - '0';

    private static List<string> Told(IEnumerable<JoinedRevision> revisions) =>
        [.. revisions.Select(one => $"{one.Revision}: {string.Join(", ", one.Events.Select(Told))}")];

    private static string Told(Event event_) =>
        $"{(event_.Type == Event.Types.EventType.Put ? "put" : "delete")} {event_.Kv.Key.ToStringUtf8()}";
}
