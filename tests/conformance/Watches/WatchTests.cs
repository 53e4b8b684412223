using Google.Protobuf;
using Sync.Conformance.Tests.Servers;
using Sync.Etcd.Api;
using static Sync.Conformance.Tests.Servers.ConformanceServer;
using Filter = Sync.Etcd.Api.WatchCreateRequest.Types.FilterType;

namespace Sync.Conformance.Tests.Watches;

[Collection(SharedServers.Name)]
public sealed class WatchTests(RunningServers servers)
{
    // What --max-request-bytes is by default, and 512 KiB for what surrounds a request.
    private const int MessageBytesMax = 2_097_152;

    [Theory, EachServer]
    public async Task A_watch_begins_with_an_answer_that_names_the_present_revision(string program)
    {
        var server = await servers.OfAsync(program);
        var revision = await server.RevisionAsync();
        using var watch = server.Watch();

        var created = await watch.CreateAsync("w/begin");

        (created.Created, created.WatchId, created.Header.Revision).Should().Be((true, 0, revision));
    }

    [Theory, EachServer]
    public async Task A_put_comes_whole_and_a_deletion_with_its_key_and_revision_alone(string program)
    {
        var server = await servers.OfAsync(program);
        using var watch = server.Watch();
        await watch.CreateAsync("w/shape");

        var put = await server.PutAsync("w/shape", "v");
        var deletion = await server.DeleteAsync("w/shape");
        var events = await watch.EventsAsync(2);

        events[0].Should().Be(new Event
        {
            Kv = new KeyValue
            {
                Key = Text("w/shape"),
                Value = Text("v"),
                CreateRevision = put,
                ModRevision = put,
                Version = 1,
            },
        });
        events[1].Should().Be(new Event
        {
            Type = Event.Types.EventType.Delete,
            Kv = new KeyValue { Key = Text("w/shape"), ModRevision = deletion },
        });
    }

    [Theory, EachServer]
    public async Task The_past_is_replayed_from_a_revision_and_the_present_follows(string program)
    {
        var server = await servers.OfAsync(program);
        var first = await server.PutAsync("w/past", "1");
        await server.PutAsync("w/past", "2");
        await server.PutAsync("w/past", "3");
        using var watch = server.Watch();

        await watch.CreateAsync("w/past", start: first + 1);
        await server.PutAsync("w/past", "4");

        Values(await watch.EventsAsync(3)).Should().Equal("2", "3", "4");
    }

    [Theory, EachServer]
    public async Task A_watch_of_the_future_tells_nothing_of_what_comes_before(string program)
    {
        var server = await servers.OfAsync(program);
        var revision = await server.RevisionAsync();
        using var watch = server.Watch();

        await watch.CreateAsync("w/future", start: revision + 3);
        foreach (var value in new[] { "1", "2", "3", "4" })
        {
            await server.PutAsync("w/future", value);
        }

        Values(await watch.EventsAsync(2)).Should().Equal("3", "4");
    }

    [Theory, EachServer]
    public async Task Numbers_are_given_from_zero_or_taken_as_asked_unless_they_are_in_use(string program)
    {
        var server = await servers.OfAsync(program);
        using var watch = server.Watch();
        WatchCreateRequest Numbered(long id) => new() { Key = Text("w/number"), WatchId = id };

        var first = await watch.CreateAsync("w/number");
        var second = await watch.CreateAsync("w/number");
        var chosen = await watch.CreateAsync(Numbered(7));
        var duplicate = await watch.CreateAsync(Numbered(7));
        await watch.CancelAsync(7);
        var canceled = await watch.NextAsync();
        var again = await watch.CreateAsync(Numbered(7));

        (first.WatchId, second.WatchId, chosen.WatchId).Should().Be((0, 1, 7));
        (duplicate.Created, duplicate.Canceled, duplicate.WatchId, duplicate.CancelReason).Should().Be(
            (true, true, -1, "mvcc: duplicate watch ID provided on the WatchStream"));
        (canceled.Canceled, canceled.WatchId, canceled.CancelReason).Should().Be((true, 7, ""));
        (again.Created, again.Canceled, again.WatchId).Should().Be((true, false, 7));
    }

    [Theory, EachServer]
    public async Task The_end_of_an_unknown_watch_is_met_with_silence(string program)
    {
        var server = await servers.OfAsync(program);
        using var watch = server.Watch();

        await watch.CancelAsync(99);
        var next = await watch.CreateAsync("w/unknown");

        next.Created.Should().BeTrue("nothing was said about the unknown one");
    }

    [Theory, EachServer]
    public async Task A_cancelled_watch_tells_nothing_more(string program)
    {
        var server = await servers.OfAsync(program);
        using var watch = server.Watch();
        var ended = await watch.CreateAsync("w/ended");
        await watch.CancelAsync(ended.WatchId);
        (await watch.NextAsync()).Canceled.Should().BeTrue();
        await watch.CreateAsync("w/goes-on");

        await server.PutAsync("w/ended");
        await server.PutAsync("w/goes-on");

        (await watch.EventsAsync(1)).Single().Kv.Key.Should().Equal(Text("w/goes-on"));
    }

    [Theory, EachServer]
    public async Task A_range_that_ends_before_it_begins_is_refused(string program)
    {
        var server = await servers.OfAsync(program);
        using var watch = server.Watch();

        var refused = await watch.CreateAsync("w/b", "w/a");

        (refused.Created, refused.Canceled, refused.WatchId, refused.CancelReason)
            .Should().Be((true, true, -1, "mvcc: watcher range is empty"));
    }

    [Theory, EachServer]
    public async Task An_empty_key_watches_from_the_first_key_on(string program)
    {
        var server = await servers.OfAsync(program);
        using var watch = server.Watch();

        await watch.CreateAsync(new WatchCreateRequest { RangeEnd = ByteString.CopyFrom(0) });
        await server.PutAsync("w/any");

        (await watch.EventsAsync(1)).Single().Kv.Key.Should().Equal(Text("w/any"));
    }

    [Theory, EachServer]
    public async Task A_watch_of_what_is_compacted_begins_and_is_then_told_the_compacted_revision(string program)
    {
        await using var server = await StartAsync(program);
        await server.PutAsync("a");
        var revision = await server.PutAsync("a");
        await server.PutAsync("a");
        await server.Kv.CompactAsync(new CompactionRequest { Revision = revision });
        using var watch = server.Watch();

        var created = await watch.CreateAsync("a", start: revision - 1);
        var canceled = await watch.NextAsync();
        await watch.CreateAsync("a", start: revision);
        var events = await watch.EventsAsync(2);

        (created.Created, created.Canceled).Should().Be((true, false));
        (canceled.Canceled, canceled.CompactRevision, canceled.Header.Revision, canceled.CancelReason)
            .Should().Be((true, revision, 0, ""));
        events[0].Kv.ModRevision.Should().Be(revision, "the compacted revision itself can be watched");
    }

    [Theory, EachServer]
    public async Task Progress_is_told_for_all_watches_at_once_and_after_the_events(string program)
    {
        var server = await servers.OfAsync(program);
        using var watch = server.Watch();
        await watch.CreateAsync("w/progress/1");
        await watch.CreateAsync("w/progress/2");
        await server.PutAsync("w/progress/1");
        await watch.EventsAsync(1);
        var elsewhere = await server.PutAsync("w/elsewhere");

        await watch.AskProgressAsync();
        var progress = await watch.NextAsync();

        (progress.WatchId, progress.Header.Revision, progress.Events.Count).Should().Be((-1, elsewhere, 0));
    }

    [Theory, EachServer]
    public async Task Filters_leave_out_whole_answers(string program)
    {
        var server = await servers.OfAsync(program);
        using var watch = server.Watch();
        WatchCreateRequest Filtered(Filter filter) => new() { Key = Text("w/filter"), Filters = { filter } };
        var noPuts = await watch.CreateAsync(Filtered(Filter.Noput));
        var noDeletes = await watch.CreateAsync(Filtered(Filter.Nodelete));

        await server.PutAsync("w/filter");
        await server.DeleteAsync("w/filter");
        var first = await watch.NextAsync();
        var second = await watch.NextAsync();

        (first.WatchId, first.Events.Single().Type).Should().Be((noDeletes.WatchId, Event.Types.EventType.Put));
        (second.WatchId, second.Events.Single().Type).Should().Be((noPuts.WatchId, Event.Types.EventType.Delete));
    }

    [Theory, EachServer]
    public async Task The_pair_before_comes_when_asked_for_and_while_it_is_kept(string program)
    {
        await using var server = await StartAsync(program);
        await server.PutAsync("a", "1");
        var second = await server.PutAsync("a", "2");
        await server.DeleteAsync("a");
        var request = new WatchCreateRequest { Key = Text("a"), PrevKv = true, StartRevision = 2 };
        using var watch = server.Watch();

        await watch.CreateAsync(request);
        var events = await watch.EventsAsync(3);
        await server.Kv.CompactAsync(new CompactionRequest { Revision = second, Physical = true });
        request.StartRevision = second;
        await watch.CreateAsync(request);
        var later = await watch.EventsAsync(2);

        events.Select(one => one.PrevKv?.Value.ToStringUtf8()).Should().Equal(null, "1", "2");
        later.Select(one => one.PrevKv?.Value.ToStringUtf8()).Should().Equal(null, "2");
    }

    [Theory, EachServer]
    public async Task A_revision_below_the_size_of_a_message_is_one_answer_though_fragments_are_wanted(string program)
    {
        await using var server = await StartAsync(program, "--max-request-bytes", "8000000");
        using var watch = server.Watch();
        await watch.CreateAsync(
            new WatchCreateRequest { Key = Text("big/"), RangeEnd = Text("big0"), Fragment = true });
        var transaction = new TxnRequest();
        transaction.Success.Add(Enumerable.Range(0, 100).Select(number => new RequestOp
        {
            RequestPut = new PutRequest
            {
                Key = Text($"big/{number:000}"),
                Value = ByteString.CopyFrom(new byte[70_000]),
            },
        }));
        await server.Kv.TxnAsync(transaction);
        var answer = await watch.NextAsync();

        answer.Fragment.Should().BeFalse();
        answer.Events.Should().HaveCount(100);
        answer.Events.Select(one => one.Kv.ModRevision).Distinct().Should().ContainSingle();
    }

    [Theory, EachServer]
    public async Task A_revision_over_the_size_of_a_message_comes_in_fragments_when_asked_for(string program)
    {
        await using var server = await StartAsync(program);

        var (whole, parts) = await DeleteAtOnceAsync(server, keys: 6, valueBytes: 1_000_000);

        parts.Select(part => part.Events.Count).Should().Equal(2, 2, 2);
        parts.Select(part => part.Fragment).Should().Equal(true, true, false);
        parts.Should().OnlyContain(part => part.CalculateSize() < MessageBytesMax);
        parts.Select(part => (part.WatchId, part.Header.Revision)).Distinct().Should().ContainSingle();
        parts.SelectMany(part => part.Events).Should().Equal(whole.Events);
        whole.Fragment.Should().BeFalse("nobody asked for fragments there");
    }

    // Two such events alone are some bytes below the limit, with what surrounds them they are above it.
    [Theory, EachServer]
    public async Task A_fragment_stays_below_the_size_of_a_message_with_its_header(string program)
    {
        await using var server = await StartAsync(program);

        var (whole, parts) = await DeleteAtOnceAsync(server, keys: 3, valueBytes: 1_048_530);

        (2 * whole.Events[0].CalculateSize()).Should().BeLessThan(MessageBytesMax);
        parts.Select(part => part.Events.Count).Should().Equal(1, 1, 1);
        parts.SelectMany(part => part.Events).Should().Equal(whole.Events);
    }

    [Theory, EachServer]
    public async Task An_event_over_the_size_of_a_message_is_never_split(string program)
    {
        await using var server = await StartAsync(program);

        // The pair before and the present one make an event of more than a message.
        await server.PutAsync("big/0", new string('1', 1_500_000));
        using var watch = server.Watch();
        await watch.CreateAsync(Large(fragment: true));
        await server.PutAsync("big/0", new string('2', 1_500_000));
        var answer = await watch.NextAsync();

        answer.CalculateSize().Should().BeGreaterThan(MessageBytesMax);
        (answer.Events.Count, answer.Fragment).Should().Be((1, false));
    }

    [Theory, EachServer]
    public async Task A_revision_is_one_answer_however_many_keys_it_changed(string program)
    {
        var server = await servers.OfAsync(program);
        foreach (var number in Enumerable.Range(0, 100))
        {
            await server.PutAsync($"w/one/{number:000}");
        }

        using var watch = server.Watch();
        await watch.CreateAsync("w/one/", "w/one0");
        await server.Kv.DeleteRangeAsync(
            new DeleteRangeRequest { Key = Text("w/one/"), RangeEnd = Text("w/one0") });
        var answer = await watch.NextAsync();

        answer.Events.Should().HaveCount(100);
        answer.Events.Select(one => one.Kv.Key.ToStringUtf8()).Should().BeInAscendingOrder(StringComparer.Ordinal);
    }

    [Theory, EachServer]
    public async Task Thousands_of_watches_share_a_stream_and_each_is_told(string program)
    {
        var server = await servers.OfAsync(program);
        using var watch = server.Watch();
        const int Watches = 2_000;
        for (var number = 0; number < Watches; number++)
        {
            await watch.CreateAsync("w/crowd");
        }

        await server.PutAsync("w/crowd");
        var told = new HashSet<long>();
        while (told.Count < Watches)
        {
            var answer = await watch.NextAsync();
            answer.Events.Should().ContainSingle();
            told.Add(answer.WatchId).Should().BeTrue("each is told once");
        }
    }

    [Theory, EachServer]
    public async Task A_reader_that_lags_loses_nothing(string program)
    {
        var server = await servers.OfAsync(program);
        using var watch = server.Watch();
        await watch.CreateAsync("w/lag");
        const int Puts = 2_000;
        var value = new string('v', 1_000);

        await Parallel.ForEachAsync(Enumerable.Range(0, Puts), new ParallelOptions { MaxDegreeOfParallelism = 32 },
            async (_, _) => await server.PutAsync("w/lag", value));
        var events = await watch.EventsAsync(Puts);

        events.Select(one => one.Kv.Version).Should().Equal(Enumerable.Range(1, Puts).Select(version => (long)version));
    }

    private static WatchCreateRequest Large(bool fragment) =>
        new() { Key = Text("big/"), RangeEnd = Text("big0"), PrevKv = true, Fragment = fragment };

    // Large keys, deleted in one revision, as a watch is told that takes answers of any size, and as one that does not.
    private static async Task<(WatchResponse Whole, List<WatchResponse> Parts)> DeleteAtOnceAsync(
        ConformanceServer server, int keys, int valueBytes)
    {
        for (var number = 0; number < keys; number++)
        {
            await server.PutAsync($"big/{number}", new string('v', valueBytes));
        }

        using var any = server.Watch();
        using var limited = server.Watch();
        await any.CreateAsync(Large(fragment: false));
        await limited.CreateAsync(Large(fragment: true));
        await server.Kv.DeleteRangeAsync(new DeleteRangeRequest { Key = Text("big/"), RangeEnd = Text("big0") });
        var whole = await any.NextAsync();
        whole.Events.Should().HaveCount(keys);
        var parts = new List<WatchResponse>();
        do
        {
            parts.Add(await limited.NextAsync());
        }
        while (parts[^1].Fragment);

        return (whole, parts);
    }

    private static IEnumerable<string> Values(IEnumerable<Event> events) =>
        events.Select(one => one.Kv.Value.ToStringUtf8());
}
