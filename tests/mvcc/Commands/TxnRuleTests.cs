using Sync.Mvcc.Commands;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Tests.Model;
using Sync.Mvcc.Transactions;
using static Sync.Mvcc.Tests.Model.Requests;

namespace Sync.Mvcc.Tests.Commands;

/// <summary>The rules of transactions, one by one, as a running etcd 3.4.23 answers them.</summary>
public sealed class TxnRuleTests
{
    private readonly Keyspace _keyspace = new(new KeyspaceSettings(), new MemoryChangeStore());

    [Fact]
    public void An_empty_transaction_succeeds_and_moves_nothing()
    {
        var outcome = Apply(Txn());

        outcome.Should().Be("txn 1 True {}");
    }

    [Fact]
    public void All_changes_of_a_transaction_share_one_revision()
    {
        Apply(Put("b", "old"));

        Apply(Txn(then: [Put("a", "1"), Delete("b"), Put("c", "2")])).Should().Be(
            "txn 3 True {put 3 -, delete 3 1 {}, put 3 -}");

        _keyspace.Publish().ChangesSince(new(3), 100).Value.Select(change => Text.Of(change.Header))
            .Should().Equal("3.0:Put:a@3v1l0", "3.1:Delete:b@0v0l0", "3.2:Put:c@3v1l0");
    }

    [Fact]
    public void A_range_before_the_first_write_shows_the_old_revision()
    {
        Apply(Txn(then: [Range("k"), Delete("z"), Put("k", "v"), Range("k"), Delete("z"), Txn(then: [Range("k"), Put("l", "")])]))
            .Should().Be(
                "txn 2 True {range 1 {} more False count 0, delete 1 0 {}, put 2 -,"
                + " range 2 {k=v@2/2v1l0} more False count 1, delete 2 0 {},"
                + " txn 0 True {range 2 {k=v@2/2v1l0} more False count 1, put 2 -}}");
    }

    [Fact]
    public void Nested_conditions_are_decided_on_the_state_before_the_whole_transaction() =>
        Apply(Txn(then: [Put("k", "v"), Txn([VersionIs("k", 0)], then: [Put("l", "")], otherwise: [])]))
            .Should().Be("txn 2 True {put 2 -, txn 0 True {put 2 -}}");

    [Fact]
    public void Operations_see_the_writes_before_them()
    {
        Apply(Put("a1", ""));

        Apply(Txn(then: [Put("a2", "x"), DeletePrefix("a"), Range("a2")]))
            .Should().Be("DuplicateKey");
        Apply(Txn(then: [Txn(then: [Put("a2", "x")]), Txn(then: [DeletePrefix("a")]), Range("a2")]))
            .Should().Be(
                "txn 3 True {txn 0 True {put 3 -}, txn 0 True {delete 3 2 {}}, range 3 {} more False count 0}");
    }

    [Theory]
    [InlineData(CompareResult.Equal)]
    [InlineData(CompareResult.NotEqual)]
    [InlineData(CompareResult.Greater)]
    [InlineData(CompareResult.Less)]
    public void No_comparison_with_the_value_of_a_missing_key_holds(CompareResult result) =>
        Holds(new Compare(KeyRange.Exactly(Text.Bytes("none")), CompareTarget.Value, result, 0, Text.Bytes("")))
            .Should().BeFalse();

    [Theory]
    [InlineData(CompareTarget.Version)]
    [InlineData(CompareTarget.Create)]
    [InlineData(CompareTarget.Mod)]
    [InlineData(CompareTarget.Lease)]
    public void Other_properties_of_a_missing_key_are_zero(CompareTarget target)
    {
        var keys = KeyRange.Exactly(Text.Bytes("none"));

        Holds(new Compare(keys, target, CompareResult.Equal, 0, default)).Should().BeTrue();
        Holds(new Compare(keys, target, CompareResult.NotEqual, 0, default)).Should().BeFalse();
        Holds(new Compare(keys, target, CompareResult.Less, 1, default)).Should().BeTrue();
    }

    [Fact]
    public void A_condition_over_an_interval_must_hold_for_every_key()
    {
        Apply(Put("a1", "x"));
        Apply(Put("a2", "x"));
        Apply(Put("a2", "x"));
        var keys = KeyRange.Prefix(Text.Bytes("a"));

        Holds(new Compare(keys, CompareTarget.Value, CompareResult.Equal, 0, Text.Bytes("x"))).Should().BeTrue();
        Holds(new Compare(keys, CompareTarget.Version, CompareResult.Equal, 1, default)).Should().BeFalse();
    }

    [Fact]
    public void A_condition_over_an_empty_interval_is_one_on_a_missing_key()
    {
        var keys = KeyRange.Prefix(Text.Bytes("none"));

        Holds(new Compare(keys, CompareTarget.Version, CompareResult.Equal, 0, default)).Should().BeTrue();
        Holds(new Compare(keys, CompareTarget.Value, CompareResult.NotEqual, 0, Text.Bytes("x"))).Should().BeFalse();
    }

    [Fact]
    public void A_failing_operation_refuses_the_whole_transaction()
    {
        Apply(Txn(then: [Put("a", "1"), Put("b", "2") with { Lease = new(99) }])).Should().Be("LeaseNotFound");
        Apply(Txn(then: [Put("a", "1"), Put("b", "") with { KeepValue = true }])).Should().Be("KeyNotFound");
        Apply(Txn(then: [Put("a", "1"), RangeAt("b", 2)])).Should().Be("FutureRevision");

        _keyspace.Revision.Should().Be(new Revision(1));
    }

    [Fact]
    public void Puts_are_looked_at_before_ranges_and_a_puts_key_before_its_lease()
    {
        Apply(Txn(then: [RangeAt("k", 999), Put("z", "") with { Lease = new(99) }])).Should().Be("LeaseNotFound");
        Apply(Txn(then: [Put("z", "") with { Lease = new(99), KeepValue = true }])).Should().Be("KeyNotFound");
        Apply(Put("z", "") with { Lease = new(99), KeepValue = true }).Should().Be("LeaseNotFound", "alone it is the other way round");
    }

    [Fact]
    public void Only_the_list_that_runs_is_looked_at_for_what_is_there() =>
        Apply(Txn([VersionIs("k", 1)], then: [Put("a", "") with { Lease = new(99) }], otherwise: [Put("b", "")]))
            .Should().Be("txn 2 False {put 2 -}");

    [Fact]
    public void A_range_of_a_compacted_revision_refuses_the_transaction()
    {
        Apply(Put("k", "1"));
        Apply(Put("k", "2"));
        Apply(new CompactCommand(new(3)));

        Apply(Txn(then: [RangeAt("k", 2), Put("k", "3")])).Should().Be("Compacted");
        Apply(Txn(then: [RangeAt("k", -3), Put("k", "3")])).Should().Be("Compacted", "below zero is not the current revision here");
        Apply(Txn(then: [RangeAt("k", 3), Put("k", "3")])).Should().StartWith("txn 4 True");
    }

    [Fact]
    public void A_transaction_that_only_reads_runs_on_a_view()
    {
        Apply(Put("k", "v"));
        var txn = Txn([VersionIs("k", 1)], then: [Range("k"), Txn(then: [Range("none")])], otherwise: []);
        var view = _keyspace.Publish();

        txn.IsReadOnly.Should().BeTrue();
        Text.Of(view.ReadTxn(txn)).Should().Be(
            "txn 2 True {range 2 {k=v@2/2v1l0} more False count 1, txn 0 True {range 2 {} more False count 0}}");
        Text.Of(view.ReadTxn(Txn(then: [RangeAt("k", 3)]))).Should().Be("FutureRevision");
    }

    private bool Holds(Compare compare) => Apply(Txn([compare])).Contains("True", StringComparison.Ordinal);

    private string Apply(Command command) =>
        CommandValidation.Check(command) is { } refusal ? refusal.ToString() : Text.Of(_keyspace.Apply(command));
}
