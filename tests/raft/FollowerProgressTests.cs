using Sync.Raft.Progress;

namespace Sync.Raft.Tests;

public class FollowerProgressTests
{
    private static readonly ConsensusSettings Settings = new() { Member = new MemberId(1) };

    [Fact]
    public void A_late_refusal_does_not_disturb_a_follower_that_replicates()
    {
        var follower = ReplicatingAt(match: 7);

        follower.Rejected(previous: new LogIndex(7), agreement: new LogIndex(2), needsSnapshot: false);

        follower.Status.IsReplicating.Should().BeTrue();
        follower.Next.Should().Be(new LogIndex(8));
    }

    [Fact]
    public void A_refusal_above_the_match_means_loss_and_leads_back_to_it()
    {
        var follower = ReplicatingAt(match: 7);

        follower.Rejected(previous: new LogIndex(9), agreement: new LogIndex(8), needsSnapshot: false);

        follower.Status.IsReplicating.Should().BeFalse();
        follower.Next.Should().Be(new LogIndex(8));
    }

    [Fact]
    public void A_refusal_of_an_older_probe_is_ignored()
    {
        var follower = new FollowerProgress(new MemberId(2), new LogIndex(10), Settings);
        follower.Rejected(previous: new LogIndex(9), agreement: new LogIndex(5), needsSnapshot: false);

        follower.Rejected(previous: new LogIndex(9), agreement: new LogIndex(3), needsSnapshot: false);

        follower.Next.Should().Be(new LogIndex(6));
    }

    [Fact]
    public void A_late_acceptance_takes_nothing_back()
    {
        var follower = ReplicatingAt(match: 7);

        follower.Accepted(new LogIndex(3), first: new LogIndex(1)).Should().BeFalse();

        (follower.Match, follower.Next).Should().Be((new LogIndex(7), new LogIndex(8)));
    }

    private static FollowerProgress ReplicatingAt(ulong match)
    {
        var follower = new FollowerProgress(new MemberId(2), new LogIndex(match + 1), Settings);
        follower.Accepted(new LogIndex(match), first: new LogIndex(1)).Should().BeTrue();
        return follower;
    }
}
