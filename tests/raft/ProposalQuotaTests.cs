using Sync.Raft.Proposals;

namespace Sync.Raft.Tests;

public class ProposalQuotaTests
{
    [Fact]
    public void A_quota_is_filled_to_the_last_byte_and_emptied_by_what_is_committed()
    {
        var quota = new ProposalQuota(bytesMax: 10);

        quota.Take(6);
        quota.HasRoomFor(4).Should().BeTrue();
        quota.HasRoomFor(5).Should().BeFalse();
        quota.Return(6);

        quota.Bytes.Should().Be(0);
        quota.HasRoomFor(1_000).Should().BeTrue("one large proposal is taken when nothing else waits");
    }

    [Fact]
    public void More_cannot_be_committed_than_waits()
    {
        var quota = new ProposalQuota(bytesMax: 10);
        quota.Take(1);

        quota.Invoking(each => each.Return(2)).Should().Throw<InvariantException>();
    }
}
