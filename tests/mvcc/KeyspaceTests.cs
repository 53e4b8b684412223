using System.Text;
using Sync.Mvcc.Commands;
using Sync.Mvcc.Keys;

namespace Sync.Mvcc.Tests;

public sealed class KeyspaceTests
{
    private readonly Keyspace _keyspace = new(new KeyspaceSettings(), new MemoryChangeStore());

    [Fact]
    public void A_fresh_store_is_at_1_and_its_first_put_at_2()
    {
        var fresh = _keyspace.View.Revision;

        var outcome = _keyspace.Apply(new PutOperation(Bytes("k"), Bytes("v")));

        fresh.Should().Be(new Revision(1));
        outcome.Value.Should().Be(new PutOutcome(new Revision(2), Previous: null));
        var pair = new KeyValue(Bytes("k"), new(2), new(2), 1, Bytes("v"), default);
        _keyspace.Publish().Range(new RangeQuery(KeyRange.Exactly(Bytes("k")))).Value
            .Pairs.Should().Equal(pair);
    }

    [Fact]
    public void An_answer_that_nobody_waits_for_is_not_read_and_changes_the_same()
    {
        var (store, otherStore) = (new MemoryChangeStore(), new MemoryChangeStore());
        var (answering, silent) = (
            new Keyspace(new KeyspaceSettings(), store), new Keyspace(new KeyspaceSettings(), otherStore));
        var everything = KeyRange.From(Bytes("a"));
        Command[] commands =
        [
            new PutOperation(Bytes("k"), Bytes("1")),
            new PutOperation(Bytes("k"), Bytes("2")) { WithPrevious = true },
            new TxnOperation([], [new RangeOperation(new RangeQuery(everything)), new PutOperation(Bytes("l"), Bytes("3"))], []),
            new DeleteRangeOperation(everything) { WithPrevious = true },
        ];

        var answers = commands.Select(command => answering.Apply(command).Value).ToList();
        var others = commands.Select(command => silent.Apply(command, isAnswered: false).Value).ToList();

        store.Reads.Should().Be(4, "the pair before the put, the one that the transaction lists, the two that are deleted");
        otherStore.Reads.Should().Be(0);
        others.Select(answer => answer.Revision).Should().Equal(answers.Select(answer => answer.Revision));
        ((DeleteRangeOutcome)others[^1]).Deleted.Should().Be(2);
        otherStore.Changes.Select(change => (change.Header.Id, change.Header.Kind, change.Location))
            .Should().Equal(store.Changes.Select(change => (change.Header.Id, change.Header.Kind, change.Location)));
    }

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
