using Sync.Raft.Messages;
using Sync.Raft.Roles;
using Sync.Raft.Tests.Cluster;
using static Sync.Raft.Tests.Paper.Situations;

namespace Sync.Raft.Tests.Paper;

/// <summary>
/// Thesis, sections 9.6 (pre-vote), 6.2 (check-quorum), 4.2.3 (disturbance) and 3.10 (transfer).
/// </summary>
public class ThesisElectionTests
{
    [Fact]
    public void A_pre_candidate_changes_neither_term_nor_vote()
    {
        var member = Member.Restarted(3, new HardState(new Term(4), Two, LogIndex.None), []);

        member.Core.Campaign();
        var ready = member.Turn();

        ready.HardState.Should().BeNull();
        ready.Messages.Should().Equal(
            new PreVoteRequest(One, Two, new Term(5), LogIndex.None, Term.None),
            new PreVoteRequest(One, Three, new Term(5), LogIndex.None, Term.None));
    }

    [Fact]
    public void A_pre_candidate_stands_once_a_majority_would_vote_for_it()
    {
        var member = InRole(RoleKind.PreCandidate);

        member.Answer(new PreVoteResponse(Three, One, new Term(1), IsGranted: true));

        member.Core.Role.Should().Be(RoleKind.Candidate);
        member.Core.Term.Should().Be(new Term(1));
    }

    [Fact]
    public void A_pre_candidate_that_is_refused_by_a_newer_term_takes_that_over()
    {
        var member = InRole(RoleKind.PreCandidate);

        member.Answer(new PreVoteResponse(Three, One, new Term(6), IsGranted: false));

        member.Core.Role.Should().Be(RoleKind.Follower);
        member.Core.Term.Should().Be(new Term(6));
    }

    [Fact]
    public void A_grant_for_another_term_is_not_counted()
    {
        var member = InRole(RoleKind.PreCandidate);

        member.Answer(new PreVoteResponse(Three, One, new Term(2), IsGranted: true));

        member.Core.Role.Should().Be(RoleKind.PreCandidate);
        member.Core.Term.Should().Be(Term.None);
    }

    [Fact]
    public void A_granted_pre_vote_binds_nobody()
    {
        var member = Member.Restarted(3, HardState.Initial, []);

        member.Answer(new PreVoteRequest(Two, One, new Term(1), LogIndex.None, Term.None))
            .Should().Equal(new PreVoteResponse(One, Two, new Term(1), IsGranted: true));
        member.Answer(new PreVoteRequest(Three, One, new Term(1), LogIndex.None, Term.None))
            .Should().Equal(new PreVoteResponse(One, Three, new Term(1), IsGranted: true));
        member.Core.Status.Vote.Should().Be(MemberId.None);
        member.Core.Term.Should().Be(Term.None);
    }

    [Fact]
    public void A_pre_candidate_that_votes_for_another_waits_for_its_election()
    {
        var member = InRole(RoleKind.PreCandidate);

        member.Answer(new VoteRequest(Two, One, new Term(1), LogIndex.None, Term.None, IsTransfer: false));

        member.Core.Role.Should().Be(RoleKind.Follower);
        member.Core.Status.Vote.Should().Be(Two);
    }

    [Fact]
    public void Who_hears_from_a_leader_does_not_answer_candidates_until_a_timeout_has_passed()
    {
        var member = Member.Restarted(3, new HardState(new Term(1), Two, LogIndex.None), []);
        member.Answer(new HeartbeatRequest(Two, One, new Term(1), LogIndex.None, 0));
        var request = new VoteRequest(Three, One, new Term(2), LogIndex.None, Term.None, IsTransfer: false);
        var preRequest = new PreVoteRequest(Three, One, new Term(2), LogIndex.None, Term.None);

        var early = member.Answer(request).Concat(member.Answer(preRequest)).ToList();
        for (var tick = 0; tick < member.Settings.ElectionTicks; tick++)
        {
            member.Core.Tick();
        }

        var late = member.Answer(preRequest).Concat(member.Answer(request)).ToList();

        early.Should().BeEmpty();
        late.Should().Contain(new PreVoteResponse(One, Three, new Term(2), IsGranted: true))
            .And.Contain(new VoteResponse(One, Three, new Term(2), IsGranted: true));
    }

    [Fact]
    public void An_election_that_the_leader_asked_for_is_answered_at_once()
    {
        var member = Member.Restarted(3, new HardState(new Term(1), Two, LogIndex.None), []);
        member.Answer(new HeartbeatRequest(Two, One, new Term(1), LogIndex.None, 0));

        member.Answer(new VoteRequest(Three, One, new Term(2), LogIndex.None, Term.None, IsTransfer: true))
            .Should().Equal(new VoteResponse(One, Three, new Term(2), IsGranted: true));
    }

    [Fact]
    public void A_leader_that_one_of_two_followers_answers_stays_in_office()
    {
        var group = Group.LedByFirst(3);
        group.Isolate(3);

        group.Tick(1, ticks: 100);

        group[1].Core.Role.Should().Be(RoleKind.Leader);
        group[1].Core.Term.Should().Be(new Term(1));
    }

    [Fact]
    public void A_single_voter_stays_in_office_for_ever()
    {
        var group = Group.LedByFirst(1);

        group.Tick(1, ticks: 100);

        group[1].Core.Role.Should().Be(RoleKind.Leader);
        group[1].Core.Term.Should().Be(new Term(1));
    }

    [Fact]
    public void A_member_that_was_cut_off_for_long_returns_without_a_new_election()
    {
        var group = Group.LedByFirst(3);
        group.Isolate(2);
        group.Tick(2, ticks: 500);
        group.Propose(1, "meanwhile");
        group.Settle();

        group.Heal();
        group.Tick(1, ticks: 2);

        group[1].Core.Role.Should().Be(RoleKind.Leader);
        group[1].Core.Term.Should().Be(new Term(1));
        group[2].Applied.Should().Equal(group[1].Applied);
    }

    [Fact]
    public void Leadership_moves_to_a_follower_that_holds_everything_without_a_tick()
    {
        var group = Group.LedByFirst(3);

        group[1].Core.TransferLeadership(Three).Should().Be(new TransferOutcome.Started());
        group.Settle();

        group[3].Core.Role.Should().Be(RoleKind.Leader);
        group[1].Core.Leader.Should().Be(Three);
        group[3].Core.Term.Should().Be(new Term(2));
    }
}
