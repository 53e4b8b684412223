using Sync.Mvcc.Commands;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Tests.Model;
using static Sync.Mvcc.Tests.Model.Requests;

namespace Sync.Mvcc.Tests.Keys;

/// <summary>The rules of reads, one by one.</summary>
public sealed class RangeRuleTests
{
    private readonly MemoryChangeStore _store = new();
    private readonly Keyspace _keyspace;

    // a: version 1, mod 2. b: version 1, mod 3. c: version 3, mod 6. d: version 1, mod 7.
    public RangeRuleTests()
    {
        _keyspace = new Keyspace(new KeyspaceSettings(), _store);
        foreach (var (key, value) in new[] { ("a", "4"), ("b", "3"), ("c", "9"), ("c", "9"), ("c", "2"), ("d", "1") })
        {
            _keyspace.Apply(Put(key, value));
        }
    }

    [Fact]
    public void More_is_set_when_the_limit_left_something_out()
    {
        Read(All with { Limit = 3 }).Should().Be("a b c more of 4");
        Read(All with { Limit = 4 }).Should().Be("a b c d of 4");
        Read(All with { Limit = 0 }).Should().Be("a b c d of 4");
        Read(All with { Limit = -1 }).Should().Be("a b c d of 4");
    }

    [Fact]
    public void The_count_ignores_limit_and_filters()
    {
        Read(All with { Limit = 1, MinModRevision = new(3) }).Should().Be("b more of 4");
        Read(All with { MaxModRevision = new(3) }).Should().Be("a b of 4");
        Read(All with { MinCreateRevision = new(3), MaxCreateRevision = new(4) }).Should().Be("b c of 4");
        Read(Range("a").Query with { MinModRevision = new(3) }).Should().Be(" of 1");
    }

    [Fact]
    public void Count_only_ignores_limit_sort_and_filters_and_leaves_more_unset() =>
        Read(All with { CountOnly = true, Limit = 1, MinModRevision = new(7), Target = SortTarget.Value })
            .Should().Be(" of 4");

    [Fact]
    public void Each_target_sorts_in_both_directions_and_ties_stay_by_key()
    {
        Read(All with { Order = SortOrder.Descending }).Should().Be("d c b a of 4");
        Read(All with { Order = SortOrder.Ascending, Target = SortTarget.Version }).Should().Be("a b d c of 4");
        Read(All with { Order = SortOrder.Descending, Target = SortTarget.Version }).Should().Be("c a b d of 4");
        Read(All with { Order = SortOrder.Ascending, Target = SortTarget.Value }).Should().Be("d c b a of 4");
        Read(All with { Order = SortOrder.Descending, Target = SortTarget.Mod }).Should().Be("d c b a of 4");
        Read(All with { Order = SortOrder.Descending, Target = SortTarget.Create, Limit = 2 }).Should().Be("d c more of 4");
    }

    [Fact]
    public void A_target_without_an_order_sorts_ascending_after_the_limit_has_cut()
    {
        Read(All with { Target = SortTarget.Value }).Should().Be("d c b a of 4");
        Read(All with { Target = SortTarget.Value, Limit = 2 }).Should().Be("c b more of 4", "d was cut before the sort");
        Read(All with { Target = SortTarget.Value, Order = SortOrder.Ascending, Limit = 2 }).Should().Be("d c more of 4");
        Read(All with { Target = SortTarget.Value, Limit = 2, MinModRevision = new(1) }).Should().Be("d c more of 4", "a filter collects all");
    }

    [Fact]
    public void Keys_only_leaves_out_values_and_reads_none()
    {
        var reads = _store.Reads;

        Text.Of(_keyspace.Publish().Range(All with { KeysOnly = true, MinModRevision = new(6), Limit = 1 }))
            .Should().Be("range 7 {c=@4/6v3l0} more True count 4");
        _store.Reads.Should().Be(reads);
    }

    [Fact]
    public void An_old_revision_is_read_as_it_was_and_the_header_has_the_current_one()
    {
        Text.Of(_keyspace.Publish().Range(All with { Revision = new(4) }))
            .Should().Be("range 7 {a=4@2/2v1l0, b=3@3/3v1l0, c=9@4/4v1l0} more False count 3");
        Read(All with { Revision = new(-5) }).Should().Be("a b c d of 4", "below zero is the current one");
        _keyspace.View.Range(All with { Revision = new(8) }).Error.Should().Be(StoreError.FutureRevision);
    }

    [Fact]
    public void A_reversed_interval_is_empty()
    {
        Read(new RangeQuery(KeyRange.FromWire(Text.Bytes("c"), Text.Bytes("a")))).Should().Be(" of 0");
        Text.Of(_keyspace.Apply(new DeleteRangeOperation(KeyRange.FromWire(Text.Bytes("c"), Text.Bytes("c")))))
            .Should().Be("delete 7 0 {}");
    }

    [Fact]
    public void A_put_of_the_same_value_is_a_new_version() =>
        Text.Of(_keyspace.Apply(Put("a", "4") with { WithPrevious = true })).Should().Be("put 8 a=4@2/2v1l0");

    [Fact]
    public void A_limit_reads_no_more_values_than_it_returns()
    {
        var reads = _store.Reads;

        Read(All with { Limit = 2 });

        (_store.Reads - reads).Should().Be(2);
    }

    private static RangeQuery All => new(KeyRange.All);

    private string Read(RangeQuery query)
    {
        var outcome = _keyspace.Publish().Range(query).Value;
        var keys = string.Join(' ', outcome.Pairs.Select(pair => Text.Of(pair.Key)));
        return $"{keys}{(outcome.More ? " more" : "")} of {outcome.Count}";
    }
}
