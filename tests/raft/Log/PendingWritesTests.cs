using Sync.Raft.Log;

namespace Sync.Raft.Tests.Log;

public class PendingWritesTests
{
    [Fact]
    public void Writes_end_in_order_and_several_at_once()
    {
        var writes = new PendingWrites();
        writes.Add(WriteOf(readyNumber: 1, lastIndex: 3));
        writes.Add(WriteOf(readyNumber: 2, lastIndex: 5));
        writes.Add(WriteOf(readyNumber: 4, lastIndex: 6));

        writes.Complete(3).Should().Be(WriteOf(readyNumber: 2, lastIndex: 5));
        writes.Complete(3).Should().BeNull();
        writes.Any.Should().BeTrue();
        writes.Complete(4).Should().Be(WriteOf(readyNumber: 4, lastIndex: 6));
        writes.Any.Should().BeFalse();
    }

    [Fact]
    public void A_write_makes_nothing_durable_that_was_replaced_after_it()
    {
        var writes = new PendingWrites();
        writes.Add(WriteOf(readyNumber: 1, lastIndex: 3));
        writes.Add(WriteOf(readyNumber: 2, lastIndex: 8));

        writes.CutFrom(new LogIndex(5));
        writes.Add(WriteOf(readyNumber: 3, lastIndex: 9));

        writes.Complete(1).Should().Be(WriteOf(readyNumber: 1, lastIndex: 3));
        writes.Complete(2).Should().Be(WriteOf(readyNumber: 2, lastIndex: 4));
        writes.Complete(3).Should().Be(WriteOf(readyNumber: 3, lastIndex: 9));
    }

    private static PendingWrite WriteOf(ulong readyNumber, ulong lastIndex) =>
        new(readyNumber, new LogIndex(lastIndex), new Term(1), MemberId.None, LogIndex.None);
}
