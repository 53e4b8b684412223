using Sync.Raft.Messages;
using Sync.Raft.Roles;
using Sync.Raft.Tests.Cluster;
using static Sync.Raft.Tests.Paper.Situations;

namespace Sync.Raft.Tests.Paper;

/// <summary>Section 5.2: leader election.</summary>
public class Section52ElectionTests
{
    [Fact]
    public void A_follower_that_hears_nothing_votes_for_itself_and_asks_all_others()
    {
        var member = Member.Restarted(3, new HardState(new Term(1), Two, LogIndex.None), [1, 1], Plain);

        member.Core.Campaign();
        var sent = member.Settle();

        member.Core.Status.Vote.Should().Be(One);
        sent.Should().Equal(
            new VoteRequest(One, Two, new Term(2), new LogIndex(2), new Term(1), IsTransfer: false),
            new VoteRequest(One, Three, new Term(2), new LogIndex(2), new Term(1), IsTransfer: false));
    }

    [Fact]
    public void Election_timeouts_are_spread_over_one_to_two_timeouts()
    {
        var timeouts = new HashSet<int>();

        for (var seed = 1; seed <= 300; seed++)
        {
            var member = new Group(3, Plain, seed)[1];
            var ticks = 0;
            while (member.Core.Role == RoleKind.Follower)
            {
                member.Core.Tick();
                ticks++;
            }

            timeouts.Add(ticks);
        }

        timeouts.Should().BeEquivalentTo(Enumerable.Range(10, 10));
    }

    [Fact]
    public void A_leader_that_is_heard_in_time_is_not_challenged()
    {
        var member = Member.Restarted(3, new HardState(new Term(1), Two, LogIndex.None), []);

        for (var interval = 0; interval < 20; interval++)
        {
            member.Answer(new HeartbeatRequest(Two, One, new Term(1), LogIndex.None, 0));
            for (var tick = 0; tick < member.Settings.ElectionTicks - 1; tick++)
            {
                member.Core.Tick();
            }
        }

        member.Core.Role.Should().Be(RoleKind.Follower);
        member.Settle().Should().BeEmpty();
    }

    [Fact]
    public void A_candidate_that_gets_no_vote_does_not_make_the_others_wait_again()
    {
        // Its log is behind; with the fastest clock it stands in term after term.
        var member = Member.Restarted(3, new HardState(new Term(1), MemberId.None, LogIndex.None), [1], Plain);

        for (var tick = 0; tick < 2 * member.Settings.ElectionTicks && member.Core.Role == RoleKind.Follower; tick++)
        {
            member.Answer(new VoteRequest(
                Two, One, new Term(2 + (ulong)tick), LogIndex.None, Term.None, IsTransfer: false));
            member.Core.Tick();
        }

        member.Core.Role.Should().Be(RoleKind.Candidate);
    }

    [Fact]
    public void A_voter_gives_one_vote_a_term_to_whoever_asks_first_and_repeats_it()
    {
        var member = Member.Restarted(3, HardState.Initial, []);

        member.Answer(VoteRequestOf(Two))
            .Should().Equal(new VoteResponse(One, Two, new Term(1), IsGranted: true));
        member.Answer(VoteRequestOf(Three))
            .Should().Equal(new VoteResponse(One, Three, new Term(1), IsGranted: false));
        member.Crash();
        member.Answer(VoteRequestOf(Three))
            .Should().Equal(new VoteResponse(One, Three, new Term(1), IsGranted: false));
        member.Answer(VoteRequestOf(Two))
            .Should().Equal(new VoteResponse(One, Two, new Term(1), IsGranted: true));
    }

    [Theory]
    [InlineData(1, 0, true)]
    [InlineData(2, 0, false)]
    [InlineData(2, 1, true)]
    [InlineData(3, 0, false)]
    [InlineData(3, 1, true)]
    [InlineData(4, 1, false)]
    [InlineData(4, 2, true)]
    [InlineData(5, 1, false)]
    [InlineData(5, 2, true)]
    public void A_candidate_leads_with_the_votes_of_a_majority(int voters, int votesOfOthers, bool leads)
    {
        var member = Member.Restarted(voters, HardState.Initial, [], Plain);
        member.Core.Campaign();
        member.Settle();

        for (var voter = 2; voter < 2 + votesOfOthers; voter++)
        {
            var response = new VoteResponse(new MemberId((ulong)voter), One, new Term(1), IsGranted: true);
            member.Answer(response);
            member.Answer(response);
        }

        member.Core.Role.Should().Be(leads ? RoleKind.Leader : RoleKind.Candidate);
    }

    [Fact]
    public void A_candidate_counts_its_own_vote_only_once_that_is_durable()
    {
        var member = Member.Restarted(1, HardState.Initial, []);
        member.Receive(new VoteRequest(Two, One, new Term(4), LogIndex.None, Term.None, IsTransfer: false));
        member.Turn();
        member.Core.Campaign();
        member.Turn();

        // The write of the vote for another, in an earlier term, ends first.
        member.Persist();
        var afterFirst = member.Core.Role;
        member.Persist();

        afterFirst.Should().Be(RoleKind.Candidate);
        member.Core.Role.Should().Be(RoleKind.Leader);
        member.Core.Term.Should().Be(new Term(5));
    }

    [Fact]
    public void A_candidate_that_a_majority_refuses_follows_again()
    {
        var member = InRole(RoleKind.Candidate);

        member.Answer(new VoteResponse(Two, One, new Term(1), IsGranted: false));
        member.Answer(new VoteResponse(Three, One, new Term(1), IsGranted: false));

        member.Core.Role.Should().Be(RoleKind.Follower);
        member.Core.Term.Should().Be(new Term(1));
    }

    [Fact]
    public void A_candidate_follows_the_leader_of_its_term()
    {
        var member = InRole(RoleKind.Candidate);

        member.Answer(new HeartbeatRequest(Two, One, new Term(1), LogIndex.None, 0));

        member.Core.Role.Should().Be(RoleKind.Follower);
        member.Core.Leader.Should().Be(Two);
    }

    [Fact]
    public void A_candidate_whose_election_is_split_begins_another_one()
    {
        var member = InRole(RoleKind.Candidate);

        for (var tick = 0; tick < 2 * member.Settings.ElectionTicks; tick++)
        {
            member.Core.Tick();
        }

        member.Core.Role.Should().Be(RoleKind.Candidate);
        member.Core.Term.Should().Be(new Term(2));
    }

    [Fact]
    public void A_leader_sends_heartbeats_at_its_interval()
    {
        var member = LeaderWith(0, settings => settings with { PreVote = false, HeartbeatTicks = 3 });
        member.Settle();

        member.Core.Tick();
        member.Core.Tick();
        var early = member.Settle();
        member.Core.Tick();
        var sent = member.Settle();

        early.Should().BeEmpty();
        sent.Should().Equal(
            new HeartbeatRequest(One, Two, new Term(2), LogIndex.None, 0),
            new HeartbeatRequest(One, Three, new Term(2), LogIndex.None, 0));
    }

    [Fact]
    public void A_member_without_a_vote_does_not_stand_for_election()
    {
        var member = Member.Restarted(
            3, HardState.Initial, [], settings => settings with { Member = new MemberId(9) });

        member.Core.Campaign();
        for (var tick = 0; tick < 100; tick++)
        {
            member.Core.Tick();
        }

        member.Core.Role.Should().Be(RoleKind.Follower);
        member.Settle().Should().BeEmpty();
    }

    [Fact]
    public void Two_leaders_in_one_term_stop_the_member()
    {
        var member = InRole(RoleKind.Leader);

        var step = () => member.Core.Step(new HeartbeatRequest(Two, One, new Term(1), LogIndex.None, 0));

        step.Should().Throw<InvariantException>().WithMessage("*a term has one leader*");
    }

    private static VoteRequest VoteRequestOf(MemberId candidate) =>
        new(candidate, One, new Term(1), LogIndex.None, Term.None, IsTransfer: false);
}
