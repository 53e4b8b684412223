using Sync.Member.Membership;
using Sync.Raft;
using Sync.Store.Peers;

namespace Sync.Store.Tests.Peers;

/// <summary>Member 1 of three judges why a request of it timed out.</summary>
public sealed class ConnectionLossTests
{
    private static readonly ClusterMembers Three = new(new[] { 1UL, 2UL, 3UL }.Select(id =>
        new ClusterMember(new MemberId(id), $"m{id}", [$"http://127.0.0.1:{id}"], [])));

    [Theory]
    [InlineData(0, new ulong[] { }, false, "without a leader it is the leader that is missed")]
    [InlineData(2, new ulong[] { 2 }, false, "the leader was connected all the time")]
    [InlineData(2, new ulong[] { 3 }, true, "the leader alone could have answered")]
    [InlineData(1, new ulong[] { 3 }, false, "two of three are a majority")]
    [InlineData(1, new ulong[] { }, true, "the leader was alone for a while")]
    public void A_lost_connection_explains_it_when_it_was_needed(
        ulong leader, ulong[] connected, bool isExplained, string because)
    {
        ConnectionLoss.Explains(new MemberId(1), new MemberId(leader), Three, peer => connected.Contains(peer.Value))
            .Should().Be(isExplained, because);
    }

    [Fact]
    public void A_member_that_is_alone_needs_no_connection()
    {
        var alone = new ClusterMembers(Three.All[0]);

        ConnectionLoss.Explains(new MemberId(1), new MemberId(1), alone, _ => false).Should().BeFalse();
    }
}
