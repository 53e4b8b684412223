using Sync.Mvcc.Commands;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Tests.Model;
using static Sync.Mvcc.Tests.Model.Requests;

namespace Sync.Mvcc.Tests;

public sealed class CompactionTests
{
    private static readonly KeyspaceSettings Settings = new();
    private readonly MemoryChangeStore _store = new();
    private readonly Keyspace _keyspace;

    public CompactionTests() => _keyspace = new Keyspace(Settings, _store);

    [Fact]
    public void A_compaction_goes_forward_and_not_beyond_the_present()
    {
        Apply(Put("k", "1"));
        Apply(Put("k", "2"));

        Compact(0).Should().Be("Compacted");
        Compact(-1).Should().Be("Compacted");
        Compact(4).Should().Be("FutureRevision");
        Compact(2).Should().Contain("Revision = 3", "the header has the current revision");
        Compact(2).Should().Be("Compacted");
        Compact(1).Should().Be("Compacted");
        Compact(3).Should().Contain("Revision = 3");
    }

    [Fact]
    public void Reads_below_it_fail_at_once_and_at_it_do_not()
    {
        Apply(Put("k", "1"));
        Apply(Put("k", "2"));
        Apply(Put("k", "3"));

        Compact(3);

        Read("k", 2).Should().Be("Compacted");
        Read("k", 3).Should().Be("range 4 {k=2@2/3v2l0} more False count 1");
        Read("k", 5).Should().Be("FutureRevision");
        _keyspace.View.HashKv(new(2)).Error.Should().Be(StoreError.Compacted);
        _keyspace.View.HashKv(new(5)).Error.Should().Be(StoreError.FutureRevision);
    }

    [Fact]
    public void The_newest_version_of_each_key_is_kept()
    {
        Apply(Put("a", "1"));
        Apply(Put("a", "2"));
        Apply(Put("b", "1"));
        Apply(Put("a", "3"));

        Compact(4);
        Remove();

        Held().Should().Equal("3.0:Put:a@2v2l0", "4.0:Put:b@4v1l0", "5.0:Put:a@2v3l0");
    }

    [Fact]
    public void A_deleted_key_disappears_unless_it_was_deleted_at_that_very_revision()
    {
        Apply(Put("a", ""));
        Apply(Put("b", ""));
        Apply(Delete("a"));
        Apply(Delete("b"));

        Compact(5);
        Remove();

        Held().Should().Equal("5.0:Delete:b@0v0l0");
        Apply(Put("c", ""));
        Compact(6);
        Remove();
        Held().Should().Equal("6.0:Put:c@6v1l0");
        _keyspace.Publish().KeyCount.Should().Be(1);
    }

    [Fact]
    public void A_key_that_came_back_keeps_only_its_new_life()
    {
        Apply(Put("a", "old"));
        Apply(Delete("a"));
        Apply(Put("a", "new"));

        Compact(4);
        Remove();

        Held().Should().Equal("4.0:Put:a@4v1l0");
    }

    [Fact]
    public void Removal_goes_in_steps_and_changes_after_the_watched_revision_stay()
    {
        for (var number = 0; number < 2000; number++)
        {
            Apply(Put("k", $"{number}"));
        }

        Compact(2001);

        _keyspace.CompactStep(100, new(1000)).Should().BeTrue("a step looks at about so many");
        while (_keyspace.CompactStep(100, new(1000)))
        {
        }

        _keyspace.RemovedRevision.Should().Be(new Revision(1000));
        Held().Should().HaveCount(1002);
        Remove();
        Held().Should().ContainSingle();
        _keyspace.RemovedRevision.Should().Be(new Revision(2001));
    }

    [Fact]
    public void An_interrupted_removal_goes_on_after_a_restart()
    {
        for (var number = 0; number < 2000; number++)
        {
            Apply(Put($"k{number % 3}", ""));
        }

        Compact(1990);
        _keyspace.CompactStep(600, Revision.Last);
        var store = _store.Copy();

        var restored = Keyspace.Restore(Settings, store, _keyspace.Image(), store.Changes);

        restored.RemovedRevision.Should().Be(Revision.None);
        while (restored.CompactStep(600, Revision.Last))
        {
        }

        store.Changes.Should().HaveCount(3 + 11);
        restored.Publish().HashKv(default).Value.Should().Be(_keyspace.Publish().HashKv(default).Value);
    }

    [Fact]
    public void A_view_from_before_still_reads_what_was_removed()
    {
        Apply(Put("k", "1"));
        Apply(Put("k", "2"));
        var before = _keyspace.Publish();

        Compact(3);
        Remove();

        Text.Of(before.Range(new RangeQuery(KeyRange.All) { Revision = new(2) }))
            .Should().Be("range 3 {k=1@2/2v1l0} more False count 1");
    }

    private string Compact(long revision) => Apply(new CompactCommand(new(revision)));

    private void Remove()
    {
        while (_keyspace.CompactStep(1000, Revision.Last))
        {
        }
    }

    private IEnumerable<string> Held() => _store.Changes.Select(held => Text.Of(held.Header));

    private string Apply(Command command) => Text.Of(_keyspace.Apply(command));

    private string Read(string key, long revision) =>
        Text.Of(_keyspace.Publish().Range(RangeAt(key, revision).Query));
}
