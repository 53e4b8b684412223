using Sync.Raft;
using Sync.Raft.Progress;

namespace Sync.Member.Tests;

public sealed class CatchUpsTests
{
    private const long TicksMax = 100;

    private static readonly MemberId A = new(1);
    private static readonly MemberId B = new(2);
    private static readonly LogIndex Enough = new(1000);

    private readonly CatchUps _catchUps = new(TicksMax);

    [Fact]
    public void The_log_after_a_snapshot_is_needed_while_it_is_sent_and_while_its_follower_goes_on()
    {
        Needed([At(A, 0)], tick: 1).Should().BeNull();

        _catchUps.Began(A, new LogIndex(50));
        Needed([At(A, 0)], tick: 5000).Should().Be(new LogIndex(50), "however long the sending takes");
        _catchUps.Delivered(A, tick: 5000);
        Needed([At(A, 0)], tick: 5001).Should().Be(new LogIndex(50), "it may still take the state over");
        Needed([At(A, 70)], tick: 5002).Should().Be(new LogIndex(70));
        Needed([At(A, 1000)], tick: 5003).Should().BeNull("it has the newest checkpoint's entry");
        Needed([At(A, 70)], tick: 5004).Should().BeNull("it has caught up once and for all");
    }

    [Fact]
    public void The_one_furthest_behind_counts()
    {
        _catchUps.Began(A, new LogIndex(50));
        _catchUps.Began(B, new LogIndex(60));

        Needed([At(A, 80), At(B, 0)], tick: 1).Should().Be(new LogIndex(60));
    }

    [Fact]
    public void Nothing_is_kept_for_one_that_failed_or_left_or_takes_too_long_or_when_no_longer_leading()
    {
        _catchUps.Began(A, new LogIndex(50));
        _catchUps.Failed(A);
        Needed([At(A, 0)], tick: 1).Should().BeNull();

        _catchUps.Began(A, new LogIndex(50));
        Needed([At(B, 0)], tick: 1).Should().BeNull("it is no member any more");

        _catchUps.Began(A, new LogIndex(50));
        _catchUps.Delivered(A, tick: 10);
        Needed([At(A, 0)], tick: 10 + TicksMax).Should().NotBeNull();
        Needed([At(A, 0)], tick: 11 + TicksMax).Should().BeNull();

        _catchUps.Began(A, new LogIndex(50));
        Needed([], tick: 1).Should().BeNull("another member leads");
    }

    private LogIndex? Needed(FollowerStatus[] followers, long tick) => _catchUps.FindNeeded(followers, Enough, tick);

    private static FollowerStatus At(MemberId member, ulong match) => new(
        member, new LogIndex(match), new LogIndex(match).Next, IsReplicating: true, InflightMessages: 0, IsActive: true,
        IsLearner: false, IsAwaitingSnapshot: false);
}
