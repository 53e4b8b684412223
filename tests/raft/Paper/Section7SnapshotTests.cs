using Sync.Raft.Log;
using Sync.Raft.Membership;
using Sync.Raft.Messages;
using Sync.Raft.Snapshots;
using Sync.Raft.Tests.Cluster;
using static Sync.Raft.Tests.Paper.Situations;

namespace Sync.Raft.Tests.Paper;

/// <summary>Paper, section 7: snapshots, as figure 13 has a follower take them.</summary>
public class Section7SnapshotTests
{
    private static readonly GroupConfiguration Three = new(new MemberId(1), new MemberId(2), new MemberId(3));
    private static readonly GroupConfiguration Four = new(
        new MemberId(1), new MemberId(2), new MemberId(3), new MemberId(4));

    // Figure 13, step 1.
    [Fact]
    public void A_snapshot_of_a_leader_of_an_older_term_is_refused()
    {
        var member = Member.Restarted(3, new HardState(new Term(5), MemberId.None, LogIndex.None), [1]);

        member.Offer(Stream(term: 4, index: 9)).Should().Be(SnapshotVerdict.Stale);

        member.Settle().Should().ContainSingle().Which.Should().BeOfType<AppendRejected>()
            .Which.Term.Should().Be(new Term(5), "the sender learns that its term is over");
    }

    [Fact]
    public void A_snapshot_of_what_is_committed_here_is_refused_and_the_leader_learns_how_far_the_log_is()
    {
        var member = Member.Restarted(3, new HardState(new Term(2), MemberId.None, new LogIndex(3)), [1, 2, 2, 2]);

        member.Offer(Stream(term: 2, index: 3)).Should().Be(SnapshotVerdict.Stale);

        member.Settle().Should().Contain(new AppendAccepted(One, Two, new Term(2), new LogIndex(3)));
    }

    // Figure 13, step 6: an entry that has the snapshot's last index and term.
    [Fact]
    public void A_snapshot_of_an_entry_that_the_log_holds_raises_the_commit_index_and_keeps_what_follows()
    {
        var member = Member.Restarted(3, new HardState(new Term(2), MemberId.None, LogIndex.None), [1, 2, 2, 2]);

        member.Offer(Stream(term: 2, index: 3)).Should().Be(SnapshotVerdict.InLogAlready);
        var ready = member.Turn();

        ready.Snapshot.Should().BeNull();
        ready.Committed.Length.Should().Be(3);
        member.Core.Status.LastIndex.Should().Be(new LogIndex(4));
    }

    // Figure 13, steps 7 and 8.
    [Fact]
    public void Another_snapshot_takes_the_place_of_the_whole_log_and_brings_its_configuration()
    {
        var member = Member.Restarted(3, new HardState(new Term(2), MemberId.None, LogIndex.None), [1, 1, 1, 1]);

        member.Offer(Stream(term: 2, index: 3)).Should().Be(SnapshotVerdict.Accepted);
        var ready = member.Turn();
        var before = member.Core.Configuration;
        member.Persist();

        ready.Snapshot.Should().Be(Header(3));
        ready.MustSync.Should().BeTrue();
        ready.Messages.Should().BeEmpty("the answer promises that the snapshot is in place");
        ready.MessagesAfterPersist.Should().Equal(new AppendAccepted(One, Two, new Term(2), new LogIndex(3)));
        before.Should().Be(Three);
        member.Core.Configuration.Should().Be(Four);
        (member.Core.Status.LastIndex, member.Core.Status.Applied).Should().Be((new LogIndex(3), new LogIndex(3)));
    }

    [Fact]
    public void While_a_snapshot_is_installed_no_other_is_taken_and_no_election_held()
    {
        var member = Member.Restarted(3, new HardState(new Term(2), MemberId.None, LogIndex.None), [1]);
        member.Offer(Stream(term: 2, index: 5));
        member.Turn();

        member.Offer(Stream(term: 2, index: 7)).Should().Be(SnapshotVerdict.InstallingAnother);
        member.Core.Campaign();
        member.Receive(new TimeoutNow(Two, One, new Term(2)));

        member.Core.HasReady.Should().BeFalse();
    }

    [Fact]
    public void What_was_given_to_apply_before_may_still_be_reported_while_a_snapshot_is_installed()
    {
        var log = new MemoryLog();
        log.Write(Member.EntriesOf(1, 1, 1));
        var core = new Consensus(
            new ConsensusSettings { Member = One }, new HardState(new Term(2), MemberId.None, new LogIndex(2)),
            Three, log, LogIndex.None, new Random(1));
        core.TakeReady().Committed.Length.Should().Be(2);

        core.Offer(new SnapshotOffer(Two, One, new Term(2), Header(9)));
        var install = core.TakeReady();
        core.AppliedTo(new LogIndex(2));
        log.RestartAfter(new LogIndex(9), new Term(2));
        core.Persisted(install.Number);

        core.Status.Applied.Should().Be(new LogIndex(9));
        core.TakeReady().Committed.Length.Should().Be(0);
    }

    [Fact]
    public void A_member_starts_from_a_snapshot_with_an_empty_log()
    {
        var log = new MemoryLog();
        log.RestartAfter(new LogIndex(9), new Term(2));

        var core = new Consensus(
            new ConsensusSettings { Member = One }, HardState.Initial, Four, log, new LogIndex(9), new Random(1));

        core.Status.Commit.Should().Be(new LogIndex(9));
        core.Term.Should().Be(new Term(2), "the log holds an entry of that term");
        core.Configuration.Should().Be(Four);
    }

    private static SnapshotHeader Header(ulong index) => new(new LogIndex(index), new Term(2), Four);

    private static SnapshotStream Stream(ulong term, ulong index) => new(
        Two,
        new SnapshotNeed(One, new Term(term), new LogIndex(index)),
        new StateImage(
            Header(index),
            [.. Enumerable.Range(1, (int)index).Select(position =>
                new Entry(new Term(2), new LogIndex((ulong)position), EntryKind.Normal, default))]));
}
