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

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
