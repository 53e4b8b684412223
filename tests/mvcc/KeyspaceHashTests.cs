using Sync.Mvcc.Commands;
using static Sync.Mvcc.Tests.Model.Requests;

namespace Sync.Mvcc.Tests;

/// <summary>Hashes recorded from etcd 3.4.23 for the same history.</summary>
public sealed class KeyspaceHashTests
{
    private readonly Keyspace _keyspace = new(new KeyspaceSettings(), new MemoryChangeStore());

    [Fact]
    public void The_hash_is_etcds()
    {
        Hash().Should().Be(1084519789);
        Apply(new LeaseGrantCommand(new(0x1234), 100), Put("a", "1"), Put("b", ""));
        Apply(Put("c", "longer") with { Lease = new(0x1234) });
        Hash().Should().Be(2353333502);
        Apply(Put("a", "2"), Delete("b"), Put("a", "3"));
        Hash().Should().Be(62167258);
        Hash(at: 4).Should().Be(2353333502);
        Apply(new CompactCommand(new(6)));
        Hash().Should().Be(3216518098);
        Apply(Delete("c"));
        Hash().Should().Be(1887923347);
        Hash(at: 7).Should().Be(3216518098);
    }

    [Fact]
    public void The_answer_names_the_revisions()
    {
        Apply(Put("a", "1"), Put("a", "2"));

        var hash = _keyspace.Publish().HashKv(new(2)).Value;

        hash.Should().Be(new KeyspaceHash(hash.Hash, Revision.None, new(2), new(3)));
    }

    private void Apply(params Command[] commands)
    {
        foreach (var command in commands)
        {
            _keyspace.Apply(command).IsOk.Should().BeTrue();
        }
    }

    private uint Hash(long at = 0) => _keyspace.Publish().HashKv(new(at)).Value.Hash;
}
