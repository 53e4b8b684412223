using System.Text;
using Sync.Disk.Segments;
using Sync.Mvcc;
using Sync.Mvcc.Changes;
using Sync.Mvcc.Leases;
using Sync.Raft;
using Sync.Simulation;
using Sync.TestKit;

namespace Sync.Disk.Tests.Segments;

public sealed class ChangeSegmentsTests
{
    private static readonly SegmentOwner Owner = new(77, GroupId.First, Incarnation.First);

    private static readonly SegmentSettings Small =
        new() { SegmentBytes = 4096, RecentBytesMax = 0, UnwrittenBytesMax = 1000 };

    private readonly SimulatedDisk _disk = new(3);

    public ChangeSegmentsTests() => _disk.MakeDirectory("segments");

    [Fact]
    public void A_change_is_readable_at_once_and_after_it_was_written_out()
    {
        using var segments = Opened();

        var location = segments.Append(Change(1, "value"));
        segments.Read(location).Value.ToArray().Should().Equal(Change(1, "value").Value.ToArray());
        segments.WriteOut();

        var read = segments.Read(location);
        read.Value.ToArray().Should().Equal("value"u8.ToArray());
        read.Header.Key.ToArray().Should().Equal("key-1"u8.ToArray());
        (read.Header with { Key = default }).Should().Be(Change(1, "value").Header with { Key = default });
    }

    [Fact]
    public void A_change_larger_than_a_segment_has_one_for_itself()
    {
        using var segments = Opened();
        var large = new string('x', 10_000);

        segments.Append(Change(1, "a"));
        var location = segments.Append(Change(2, large));
        var next = segments.Append(Change(3, "b"));

        segments.Read(location).Value.Length.Should().Be(10_000);
        new[] { location.Segment, next.Segment }.Should().Equal(2, 3);
    }

    [Fact]
    public void A_damaged_change_is_never_served()
    {
        using var segments = Opened();
        var location = segments.Append(Change(1, "precious"));
        segments.Append(Change(2, new string('y', 5000)));
        segments.Append(Change(3, "z"));
        segments.WriteOut();

        for (var offset = 0; offset < location.Length; offset++)
        {
            _disk.Flip("segments/00000001.values", (int)location.Offset + offset, offset % 8);
            segments.Invoking(segments => segments.Read(location)).Should().Throw<DamageException>()
                .Which.Offset.Should().Be(location.Offset);
            _disk.Flip("segments/00000001.values", (int)location.Offset + offset, offset % 8);
        }

        segments.Read(location).Value.ToArray().Should().Equal("precious"u8.ToArray());
    }

    [Fact]
    public void A_missing_or_damaged_index_is_made_anew_from_the_segment()
    {
        var written = WithSeveralSegments();
        var indexes = _disk.List("segments").Where(name => name.EndsWith(".index", StringComparison.Ordinal)).ToList();
        indexes.Should().HaveCountGreaterThan(3);
        _disk.Delete($"segments/{indexes[0]}");
        _disk.Flip($"segments/{indexes[1]}", 60, 1);
        _disk.Cut($"segments/{indexes[2]}", 100);

        using var reopened = Opened(written.Extents);
        var changes = reopened.Changes().Select(change => change.Header.Id.Main.Value).ToList();

        changes.Should().Equal(Enumerable.Range(1, written.Count).Select(number => (long)number));
        reopened.NeedsSidecars.Should().BeTrue();
        reopened.WriteSidecars();
        _disk.List("segments").Should().Contain(indexes);
    }

    [Fact]
    public void A_start_with_indexes_reads_no_values()
    {
        var written = WithSeveralSegments();
        var content = _disk.ContentOf("segments/00000001.values");
        _disk.Flip("segments/00000001.values", content.Length - 10, 0);

        using var reopened = Opened(written.Extents);

        reopened.Changes().Count().Should().Be(written.Count);
        reopened.Invoking(segments => segments.Changes().ToList().ForEach(change => segments.Read(change.Location)))
            .Should().Throw<DamageException>("the value itself is checked when it is read");
    }

    [Fact]
    public void A_damaged_segment_without_its_index_is_refused()
    {
        var written = WithSeveralSegments();
        _disk.Delete("segments/00000001.index");
        _disk.Flip("segments/00000001.values", 200, 0);

        using var reopened = Opened(written.Extents);

        reopened.Invoking(segments => segments.Changes().Count()).Should().Throw<DamageException>()
            .Which.File.Should().EndWith("00000001.values");
    }

    [Fact]
    public void Mostly_dead_segments_are_rewritten_in_order_and_their_files_go_after_two_checkpoints()
    {
        using var segments = Opened();
        var keyspace = new LatestOnly(segments);
        for (var number = 1; number <= 200; number++)
        {
            keyspace.Put(number, number % 10 == 0 ? $"stays-{number}" : "changes", new string('v', 100));
        }

        var before = segments.TotalBytes;
        while (segments.RewriteStep(500, keyspace.Relocate))
        {
            segments.Published(new object());
        }

        segments.TotalBytes.Should().BeLessThan(before / 3);
        segments.DeadBytes.Should().BeLessThan(segments.TotalBytes / 2 + 4096);
        keyspace.Verify();
        var extents = segments.Capture().Extents;
        segments.RemoveUnnamed(extents.Select(extent => extent.Segment).ToHashSet());
        _disk.List("segments").Count(name => name.EndsWith(".values", StringComparison.Ordinal))
            .Should().Be(extents.Count);
        _disk.SyncDirectory("segments");
        using var reopened = Opened(extents);
        reopened.Changes().Select(change => change.Header.Id).Should().BeInAscendingOrder();
    }

    [Fact]
    public void A_released_delete_stays_while_a_put_of_its_key_may_lie_before_it()
    {
        using var segments = Opened();
        var keyspace = new LatestOnly(segments);
        keyspace.Put(1, "ghost", "boo");
        for (var number = 2; number < 40; number++)
        {
            keyspace.Put(number, $"stays-{number}", new string('v', 150));
        }

        keyspace.Delete(40, "ghost");
        for (var number = 41; number < 100; number++)
        {
            keyspace.Put(number, "changes", new string('v', 150));
        }

        for (var step = 0; step < 200 && segments.RewriteStep(2000, keyspace.Relocate); step++)
        {
            step.Should().BeLessThan(199, "a segment of deletes that must stay is not rewritten for ever");
        }

        segments.Capture();
        var changes = segments.Changes().ToList();
        changes.Should().Contain(change => change.Header.Id.Main.Value == 1, "its segment mostly lives");
        changes.Should().Contain(change => change.Header.Id.Main.Value == 40 && change.Header.Kind == ChangeKind.Delete);
    }

    [Fact]
    public void A_delete_that_is_released_during_a_rewrite_stays_with_a_put_that_was_copied_before()
    {
        using var segments = Opened();
        var keyspace = new LatestOnly(segments);
        keyspace.Put(1, "ghost", "boo");
        var delete = segments.Append(Deletion(2, "ghost"));
        for (var number = 3; number < 100; number++)
        {
            keyspace.Put(number, "changes", new string('v', 150));
        }

        segments.RewriteStep(1, keyspace.Relocate);
        keyspace.Forget("ghost");
        segments.Release(delete);
        for (var hasMore = true; hasMore;)
        {
            hasMore = segments.RewriteStep(500, keyspace.Relocate);
            segments.Capture();

            var ghost = segments.Changes().Where(change => change.Header.Id.Main.Value <= 2).Select(change => change.Header.Kind);
            ghost.Should().NotEqual([ChangeKind.Put], "a start would bring the key back");
        }
    }

    [Fact]
    public async Task Readers_of_old_views_read_while_segments_are_written_and_rewritten()
    {
        using var segments = Opened();
        var keyspace = new LatestOnly(segments);
        using var stop = new CancellationTokenSource();
        var view = new SortedDictionary<string, (ChangeLocation Location, long Number)>();
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(
            () =>
            {
                var reads = 0;
                while (!stop.IsCancellationRequested || reads == 0)
                {
                    var seen = Volatile.Read(ref view);
                    foreach (var (_, (location, number)) in seen)
                    {
                        segments.Read(location).Header.Id.Main.Value.Should().Be(number);
                        reads++;
                    }

                    GC.KeepAlive(seen);
                }
            },
            Deadline.Default)).ToList();

        for (var number = 1; number <= 3000; number++)
        {
            keyspace.Put(number, number % 50 == 0 ? $"stays-{number % 700}" : "changes", new string('v', 100));
            segments.RewriteStep(400, keyspace.Relocate);
            var published = keyspace.View();
            segments.Published(published);
            Volatile.Write(ref view, published);
            if (number % 100 == 0)
            {
                segments.RemoveUnnamed(segments.Capture().Extents.Select(extent => extent.Segment).ToHashSet());
                GC.Collect();
            }
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
    }

    private static StoredChange Change(long number, string value, string? key = null) => new(
        new ChangeHeader(
            Encoding.UTF8.GetBytes(key ?? $"key-{number}"),
            new ChangeId(new Revision(number), 0),
            ChangeKind.Put,
            new Revision(number),
            1,
            LeaseId.None),
        Encoding.UTF8.GetBytes(value));

    private static StoredChange Deletion(long number, string key)
    {
        var put = Change(number, "", key);
        return put with { Header = put.Header with { Kind = ChangeKind.Delete } };
    }

    private ChangeSegments Opened(IReadOnlyList<SegmentExtent>? extents = null)
    {
        var segments = new ChangeSegments(new SegmentFolder(_disk, "segments"), Owner, Small, new FailStop());
        segments.Open(extents ?? [], []);
        return segments;
    }

    private (int Count, IReadOnlyList<SegmentExtent> Extents) WithSeveralSegments()
    {
        const int count = 120;
        using var segments = Opened();
        for (var number = 1; number <= count; number++)
        {
            segments.Append(Change(number, new string('v', 120)));
        }

        segments.WriteSidecars();
        return (count, segments.Capture().Extents);
    }

    /// <summary>A keyspace in which only the last version of each key lives.</summary>
    private sealed class LatestOnly(ChangeSegments segments)
    {
        private readonly SortedDictionary<string, (ChangeLocation Location, long Number)> _live =
            new(StringComparer.Ordinal);

        internal SortedDictionary<string, (ChangeLocation Location, long Number)> View() => new(_live, _live.Comparer);

        internal void Put(long number, string key, string value)
        {
            var location = segments.Append(Change(number, value, key));
            Forget(key);
            _live[key] = (location, number);
        }

        internal void Delete(long number, string key)
        {
            segments.Release(segments.Append(Deletion(number, key)));
            Forget(key);
        }

        internal bool Relocate(ReadOnlySpan<byte> key, ChangeId change, ChangeLocation location)
        {
            var name = Encoding.UTF8.GetString(key);
            if (!_live.TryGetValue(name, out var known) || known.Number != change.Main.Value)
            {
                return false;
            }

            _live[name] = (location, known.Number);
            return true;
        }

        internal void Verify()
        {
            foreach (var (key, (location, number)) in _live)
            {
                var change = segments.Read(location);
                Encoding.UTF8.GetString(change.Header.Key.Span).Should().Be(key);
                change.Header.Id.Main.Value.Should().Be(number);
            }
        }

        internal void Forget(string key)
        {
            if (_live.Remove(key, out var before))
            {
                segments.Release(before.Location);
            }
        }
    }
}
