using Sync.Raft.Messages;
using Sync.Raft.Reads;
using Sync.Raft.Tests.Cluster;
using static Sync.Raft.Tests.Paper.Situations;

namespace Sync.Raft.Tests.Paper;

/// <summary>Thesis, section 6.4: reads without log entries.</summary>
public class ThesisReadTests
{
    [Fact]
    public void A_single_voter_answers_in_the_same_turn()
    {
        var group = Group.LedByFirst(1);
        group.Propose(1, "a");
        group.Settle();

        group[1].Core.ReadIndex(new ReadContext(1));
        group[1].Core.ReadIndex(new ReadContext(2));
        var ready = group[1].Turn();

        ready.ReadStates.Should().Equal(
            new ReadState(new LogIndex(2), new ReadContext(1)),
            new ReadState(new LogIndex(2), new ReadContext(2)));
        ready.MustSync.Should().BeFalse();
    }

    // After a restart the remembered commit index may be behind what was acknowledged.
    [Fact]
    public void A_single_voter_answers_only_after_the_first_commit_of_its_term()
    {
        var member = Member.Restarted(1, new HardState(new Term(1), One, LogIndex.None), [1, 1, 1]);
        member.Core.Campaign();
        member.Turn();
        member.Persist();

        member.Core.ReadIndex(new ReadContext(1));
        var early = member.Turn();
        member.Persist();
        var late = member.Turn();

        early.ReadStates.Should().BeEmpty();
        late.ReadStates.Should().Equal(new ReadState(new LogIndex(4), new ReadContext(1)));
    }

    [Fact]
    public void The_answer_is_the_commit_index_of_the_question_and_needs_a_majority()
    {
        var member = LeaderWith(proposals: 0);
        member.Answer(new AppendAccepted(Two, One, new Term(2), new LogIndex(2)));
        member.Core.ReadIndex(new ReadContext(5));
        var round = member.Settle().OfType<HeartbeatRequest>().First().Round;

        member.Answer(new HeartbeatResponse(Two, One, new Term(2), round - 1));
        var stale = member.Reads.ToList();
        member.Answer(new HeartbeatResponse(new MemberId(9), One, new Term(2), round));
        var foreign = member.Reads.ToList();
        member.Answer(new HeartbeatResponse(Three, One, new Term(2), round));

        stale.Should().BeEmpty();
        foreign.Should().BeEmpty();
        member.Reads.Should().Equal(new ReadState(new LogIndex(2), new ReadContext(5)));
    }

    [Fact]
    public void A_member_that_knows_no_leader_has_nobody_to_ask()
    {
        var member = Member.Restarted(3, HardState.Initial, []);

        member.Core.ReadIndex(new ReadContext(1)).Should().BeFalse();
        member.Settle().Should().BeEmpty();
    }

    [Fact]
    public void A_lost_round_is_answered_by_the_next_heartbeat()
    {
        var group = Group.LedByFirst(3);
        group[1].Core.ReadIndex(new ReadContext(1));
        group.Turn(group[1]);
        group.Drop(_ => true);

        group.Tick(1);

        group[1].Reads.Should().ContainSingle().Which.Context.Should().Be(new ReadContext(1));
    }

    // 6.4.1: using clocks to reduce messaging.
    [Fact]
    public void A_lease_ends_before_any_follower_may_vote_for_another()
    {
        var group = Group.LedByFirst(3, settings => settings with { LeaseReads = true, HeartbeatTicks = 9 });
        group.Tick(1, ticks: 9);
        var covered = 0;

        // From here on nobody answers.
        group.Isolate(1);
        for (var tick = 1; tick < group[1].Settings.ElectionTicks; tick++)
        {
            group[1].Core.Tick();
            group[1].Core.ReadIndex(new ReadContext((ulong)tick));
            group.Turn(group[1]);
            covered = group[1].Reads.Count == tick ? tick : covered;
        }

        // The timeout less the drift, and less the parts of ticks at both ends.
        covered.Should().Be(group[1].Settings.ElectionTicks - 3);
    }

    [Fact]
    public void A_lease_must_be_asked_for()
    {
        var group = Group.LedByFirst(3);
        group.Tick(1, ticks: 5);

        group[1].Core.ReadIndex(new ReadContext(1));
        group.Turn(group[1]);

        group[1].Reads.Should().BeEmpty("a round must confirm it first");
    }
}
