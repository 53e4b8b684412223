using Sync.Mvcc.Commands;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Tests.Model;
using Sync.Mvcc.Watching;
using static Sync.Mvcc.Tests.Model.Requests;

namespace Sync.Mvcc.Tests.Watching;

/// <summary>The rules of watches, one by one.</summary>
public sealed class WatchHubTests
{
    private static readonly WatchRequest All = new(KeyRange.All);

    private readonly MemoryChangeStore _store = new();
    private readonly Keyspace _keyspace;
    private readonly WatchHub _hub;
    private readonly WatchStreamId _stream;
    private long _now;

    public WatchHubTests()
    {
        _keyspace = new Keyspace(new KeyspaceSettings(), _store);
        var settings = new WatchSettings { StreamRoom = 4, ProgressIntervalMilliseconds = 1000 };
        _hub = new WatchHub(settings, Revision.Fresh, new Random(1));
        _stream = _hub.OpenStream();
    }

    [Fact]
    public void The_hub_names_watches_from_zero_and_passes_over_names_in_use()
    {
        Create(All with { WatchId = 1 }).Should().Be("1 created at 1");
        Create(All).Should().Be("0 created at 1");
        Create(All).Should().Be("2 created at 1");
        Create(All with { WatchId = 2 }).Should().Be("-1 refused DuplicateId at 1");
        Cancel(2).Should().Be("2 canceled at 1");
        Create(All with { WatchId = 2 }).Should().Be("2 created at 1", "a name is free again after its cancel");
    }

    [Fact]
    public void An_empty_range_is_refused() =>
        Create(new(KeyRange.FromWire(Text.Bytes("b"), Text.Bytes("b")))).Should().Be("-1 refused EmptyRange at 1");

    [Fact]
    public void A_start_below_zero_is_refused() =>
        Create(All with { StartRevision = new(-1) }).Should().Be("-1 refused NegativeStart at 1");

    [Fact]
    public void A_cancel_of_an_unknown_watch_has_no_answer()
    {
        _hub.Cancel(_stream, 7, _keyspace.View).Should().BeNull();
        _hub.Cancel(new WatchStreamId(99), 0, _keyspace.View).Should().BeNull();
    }

    [Fact]
    public void Without_a_start_a_watch_hears_what_comes_after_the_current_revision()
    {
        Apply(Put("a", "1"));
        Create(All).Should().Be("0 created at 2", "although the hub has not seen that revision yet");
        Apply(Put("a", "2"));

        Advance().Should().Equal("0 at 3: Put a=2@2/3v2l0");
    }

    [Fact]
    public void A_start_in_the_past_replays_history_inclusively_in_one_response()
    {
        Apply(Put("a", "1"), Put("b", "2"), Delete("a"));
        Advance();

        Create(All with { StartRevision = new(2) });

        Advance().Should().Equal(
            "0 at 4: Put a=1@2/2v1l0, Put b=2@3/3v1l0, Delete a=@0/4v0l0");
    }

    [Fact]
    public void A_start_in_the_future_waits_without_events_or_progress()
    {
        Create(All with { StartRevision = new(4) });
        Apply(Put("a", "1"), Put("a", "2"));
        _hub.RequestProgress(_stream);

        Advance().Should().BeEmpty();
        Apply(Put("a", "3"));
        Advance().Should().Equal("0 at 4: Put a=3@2/4v3l0");
        _hub.RequestProgress(_stream);
        Advance().Should().Equal("-1 progress at 4");
    }

    [Fact]
    public void A_compacted_start_is_created_and_then_ended_without_a_revision()
    {
        Apply(Put("a", "1"), Put("a", "2"), Put("a", "3"), new CompactCommand(new(3)));
        Advance();

        Create(All with { StartRevision = new(2) }).Should().Be("0 created at 4");
        Create(All with { StartRevision = new(3) });

        Advance().Should().Equal("0 compacted 3 at 0", "1 at 4: Put a=2@2/3v2l0, Put a=3@2/4v3l0");
        _hub.Count.Should().Be(1);
        Create(All with { WatchId = 0 }).Should().Be("2 created at 4");
    }

    [Fact]
    public void A_delete_at_the_compacted_revision_is_still_heard()
    {
        Apply(Put("a", "1"), Delete("a"), Put("b", ""), new CompactCommand(new(3)));
        while (_keyspace.CompactStep(100, Revision.Last))
        {
        }

        Create(All with { StartRevision = new(3) });

        Advance().Should().Equal("0 at 4: Delete a=@0/3v0l0, Put b=@4/4v1l0");
    }

    [Fact]
    public void All_events_of_a_revision_come_in_one_response_in_order()
    {
        Create(All);
        Apply(Txn(then: [Put("b", ""), Put("a", "")]), Put("c", ""));

        Advance().Should().Equal("0 at 2: Put b=@2/2v1l0, Put a=@2/2v1l0", "0 at 3: Put c=@3/3v1l0");
    }

    [Fact]
    public void A_revision_that_the_filters_leave_empty_sends_nothing()
    {
        Create(All with { NoPuts = true });
        Create(All with { NoDeletes = true });
        Apply(Put("a", "1"), Delete("a"));

        Advance().Should().Equal("1 at 2: Put a=1@2/2v1l0", "0 at 3: Delete a=@0/3v0l0");
    }

    [Fact]
    public void The_pair_before_is_absent_on_creation_and_when_it_is_compacted()
    {
        Apply(Put("a", "1"), Put("a", "2"), Delete("a"), new CompactCommand(new(3)));
        Advance();

        Create(All with { StartRevision = new(3), WithPrevious = true });

        Advance().Should().Equal("0 at 4: Put a=2@2/3v2l0, Delete a=@0/4v0l0 was a=2@2/3v2l0");
        Apply(Put("a", "3"), Put("a", "4"));
        Advance().Should().Equal(
            "0 at 5: Put a=3@5/5v1l0", "0 at 6: Put a=4@5/6v2l0 was a=3@5/5v1l0");
    }

    [Fact]
    public void A_stream_without_room_is_caught_up_later_with_nothing_lost()
    {
        Create(All);
        for (var number = 0; number < 6; number++)
        {
            Apply(Put("a", $"{number}"));
        }

        Advance().Should().HaveCount(4);
        _hub.BehindCount.Should().Be(1);
        Apply(Put("a", "6"));
        Advance().Should().BeEmpty();
        _hub.AddRoom(_stream, 1, bytes: 0);
        Advance().Should().Equal("0 at 8: Put a=4@2/6v5l0, Put a=5@2/7v6l0, Put a=6@2/8v7l0");
        _hub.BehindCount.Should().Be(0);
    }

    [Fact]
    public void A_stream_that_is_not_read_holds_its_bytes_and_one_response_more_however_it_is_told()
    {
        const int ValueBytes = 100_000;
        var hub = new WatchHub(new WatchSettings(), Revision.Fresh, new Random(1));
        var (live, behind) = (hub.OpenStream(), hub.OpenStream());
        var request = All with { WithPrevious = true, StartRevision = new(2) };
        hub.Create(live, request, _keyspace.Publish(), _now);
        var queued = new List<WatchDelivery>();
        for (var number = 0; number < 300; number++)
        {
            Apply(Put("a", new string((char)('a' + (number % 26)), ValueBytes)));
            hub.Advance(_keyspace.Publish(), _now, workMax: 1000, queued);
        }

        hub.Create(behind, request, _keyspace.View, _now);
        while (hub.Advance(_keyspace.View, _now, workMax: 1000, queued))
        {
        }

        BytesOf(live).Should().BeInRange(8 << 20, (8 << 20) + (3 * ValueBytes), "one response is two values");
        BytesOf(behind).Should().BeInRange(
            8 << 20, (12 << 20) + (3 * ValueBytes), "one response is a window, which ends with a whole event");
        var told = queued.Where(delivery => delivery.Stream == live).ToList();
        hub.AddRoom(live, 2, told[^1].Notice.Bytes + told[^2].Notice.Bytes);
        queued.Clear();
        hub.Advance(_keyspace.View, _now, workMax: 1000, queued);
        queued.Should().ContainSingle("one response is a window").Which.Notice.Should().BeOfType<WatchEvents>()
            .Which.Events[0].Pair.ModRevision.Should().Be(told[^1].Revision.Next);

        long BytesOf(WatchStreamId stream) => queued.Where(delivery => delivery.Stream == stream)
            .SelectMany(delivery => ((WatchEvents)delivery.Notice).Events)
            .Sum(change => change.Pair.Value.Length + (change.Previous?.Value.Length ?? 0));
    }

    [Fact]
    public void A_slow_watch_that_a_compaction_overtakes_is_ended()
    {
        Create(All);
        for (var number = 0; number < 6; number++)
        {
            Apply(Put("a", $"{number}"));
        }

        Advance();
        Apply(new CompactCommand(new(7)));
        _hub.AddRoom(_stream, 10, bytes: 0);

        Advance().Should().Equal("0 compacted 7 at 0");
    }

    [Fact]
    public void Live_watches_survive_a_compaction_of_what_the_hub_has_not_seen()
    {
        Create(All);
        Apply(Put("a", "1"), Put("a", "2"), new CompactCommand(new(3)));
        while (_keyspace.CompactStep(100, _hub.Seen))
        {
        }

        Advance().Should().Equal("0 at 2: Put a=1@2/2v1l0", "0 at 3: Put a=2@2/3v2l0");
    }

    [Fact]
    public void Asked_progress_is_answered_only_if_every_watch_of_the_stream_is_up_to_date()
    {
        Create(All);
        _hub.RequestProgress(_stream);
        Apply(Put("a", "1"));
        Advance().Should().Equal("0 at 2: Put a=1@2/2v1l0", "-1 progress at 2");

        Create(All with { StartRevision = new(9) });
        _hub.RequestProgress(_stream);
        Advance().Should().BeEmpty("one watch is of the future, and nobody answers later");
        Cancel(1);
        Advance().Should().BeEmpty();
    }

    [Fact]
    public void A_stream_without_watches_has_no_progress()
    {
        _hub.RequestProgress(_stream);

        Advance().Should().BeEmpty();
    }

    [Fact]
    public void Asked_progress_waits_until_the_hub_has_reached_the_view()
    {
        Create(All);
        Apply(Put("a", "1"), Put("a", "2"));
        _hub.RequestProgress(_stream);

        Advance(workMax: 1).Should().Equal("0 at 2: Put a=1@2/2v1l0");
        Advance().Should().Equal("0 at 3: Put a=2@2/3v2l0", "-1 progress at 3");
    }

    [Fact]
    public void Periodic_progress_comes_to_quiet_watches_that_asked()
    {
        Create(All with { ProgressNotify = true });
        Create(All);
        Apply(Put("a", "1"));
        Advance();

        _now = _hub.NextProgressMilliseconds!.Value;
        Advance().Should().BeEmpty("an event was sent in this period");
        _now = _hub.NextProgressMilliseconds!.Value - 1;
        Advance().Should().BeEmpty();
        _now++;
        Advance().Should().Equal("0 progress at 2");
        Cancel(0);
        _now = _hub.NextProgressMilliseconds!.Value;
        Advance().Should().BeEmpty();
        _hub.NextProgressMilliseconds.Should().BeNull();
    }

    [Fact]
    public void Periodic_progress_is_spread_over_a_tenth_of_its_period()
    {
        Create(All with { ProgressNotify = true });

        _hub.NextProgressMilliseconds.Should().BeInRange(1000, 1100);
    }

    [Fact]
    public void Watches_of_one_interest_are_told_the_same_object_and_a_value_is_read_once()
    {
        for (var number = 0; number < 4; number++)
        {
            Create(new(KeyRange.Exactly(Text.Bytes("a"))));
        }

        Apply(Put("a", "1"));
        var reads = _store.Reads;
        var deliveries = new List<WatchDelivery>();

        _hub.Advance(_keyspace.Publish(), _now, 100, deliveries);

        deliveries.Select(delivery => delivery.Notice).Distinct().Should().ContainSingle();
        deliveries.Should().HaveCount(4);
        (_store.Reads - reads).Should().Be(1);
    }

    [Fact]
    public void Watches_that_catch_up_from_one_place_read_history_once()
    {
        Apply(Put("a", "1"), Put("a", "2"));
        Advance();
        var reads = _store.Reads;
        for (var number = 0; number < 4; number++)
        {
            Create(All with { StartRevision = new(2) });
        }

        var deliveries = new List<WatchDelivery>();
        _hub.Advance(_keyspace.View, _now, 100, deliveries);

        deliveries.Select(delivery => delivery.Notice).Distinct().Should().ContainSingle();
        (_store.Reads - reads).Should().Be(2);
    }

    [Fact]
    public void A_value_that_nobody_watches_is_not_read()
    {
        Create(new(KeyRange.Prefix(Text.Bytes("x"))));
        Apply(Put("a", "1"));
        var reads = _store.Reads;

        Advance();

        _store.Reads.Should().Be(reads);
    }

    [Fact]
    public void A_closed_stream_hears_nothing()
    {
        Create(All with { ProgressNotify = true });
        Create(All with { StartRevision = new(1) });
        _hub.RequestProgress(_stream);

        _hub.CloseStream(_stream);

        Apply(Put("a", "1"));
        _now = 100_000;
        Advance().Should().BeEmpty();
        _hub.Count.Should().Be(0);
        _hub.BehindCount.Should().Be(0);
        _hub.AddRoom(_stream, 1, bytes: 0);
        _hub.RequestProgress(_stream);
    }

    [Fact]
    public void A_closed_stream_has_no_place_in_the_plan_of_progress()
    {
        var other = _hub.OpenStream();
        Create(All with { ProgressNotify = true });
        var request = All with { ProgressNotify = true };
        _hub.Create(other, request, _keyspace.View, nowMilliseconds: 500);

        _hub.CloseStream(_stream);

        _hub.NextProgressMilliseconds.Should().BeInRange(1500, 1600, "the other stream goes on");
        _hub.CloseStream(other);
        _hub.NextProgressMilliseconds.Should().BeNull("nothing holds a stream that is closed");
    }

    [Fact]
    public void A_stream_that_asks_for_progress_again_and_again_waits_once_and_is_answered_each_time()
    {
        Create(All);
        for (var request = 0; request < 6; request++)
        {
            _hub.RequestProgress(_stream);
        }

        _hub.AskingCount.Should().Be(1);
        Advance().Should().Equal(Enumerable.Repeat("-1 progress at 1", 4), "the stream has room for four");
        _hub.RequestProgress(_stream);
        _hub.AskingCount.Should().Be(1, "it waits for room still");

        _hub.AddRoom(_stream, 4, bytes: 0);

        Advance().Should().Equal(Enumerable.Repeat("-1 progress at 1", 3));
        _hub.AskingCount.Should().Be(0);
        _hub.RequestProgress(_stream);
        Advance().Should().Equal("-1 progress at 1");
    }

    [Fact]
    public void Catching_up_takes_at_most_so_many_revisions_in_one_response()
    {
        for (var number = 0; number < 2500; number++)
        {
            Apply(Put("a", ""));
        }

        Advance(workMax: 10_000);
        Create(All with { StartRevision = new(2) });
        var deliveries = new List<WatchDelivery>();
        while (_hub.Advance(_keyspace.View, _now, 1, deliveries))
        {
        }

        deliveries.Select(delivery => ((WatchEvents)delivery.Notice).Events.Count).Should().Equal(1000, 1000, 500);
        deliveries.Should().OnlyContain(delivery => delivery.Revision == _keyspace.Revision);
    }

    private string Create(WatchRequest request) =>
        Describe(_hub.Create(_stream, request, _keyspace.Publish(), _now));

    private string Cancel(long id) => Describe(_hub.Cancel(_stream, id, _keyspace.View)!.Value);

    private void Apply(params Command[] commands)
    {
        foreach (var command in commands)
        {
            _keyspace.Apply(command).IsOk.Should().BeTrue();
        }
    }

    private IEnumerable<string> Advance(int workMax = 1000)
    {
        var deliveries = new List<WatchDelivery>();
        _hub.Advance(_keyspace.Publish(), _now, workMax, deliveries);
        return deliveries.Select(Describe);
    }

    private static string Describe(WatchDelivery delivery) => delivery.Notice switch
    {
        WatchCreated => $"{delivery.WatchId} created at {delivery.Revision}",
        WatchRefused refused => $"{delivery.WatchId} refused {refused.Refusal} at {delivery.Revision}",
        WatchCanceled => $"{delivery.WatchId} canceled at {delivery.Revision}",
        WatchCompacted ended => $"{delivery.WatchId} compacted {ended.CompactedRevision} at {delivery.Revision}",
        WatchProgress => $"{delivery.WatchId} progress at {delivery.Revision}",
        WatchEvents told =>
            $"{delivery.WatchId} at {delivery.Revision}: {string.Join(", ", told.Events.Select(Describe))}",
        _ => throw new InvalidOperationException(delivery.ToString()),
    };

    private static string Describe(WatchEvent told) =>
        $"{told.Kind} {Text.Of(told.Pair)}{(told.Previous is null ? "" : $" was {Text.Of(told.Previous)}")}";
}
