using Sync.Raft.Log;
using Sync.Raft.Membership;
using Sync.Raft.Messages;
using Sync.Raft.Proposals;
using Sync.Raft.Reads;
using Sync.Raft.Roles;
using Sync.Raft.Tests.Cluster;
using static Sync.Raft.Tests.Paper.Situations;

namespace Sync.Raft.Tests.Paper;

/// <summary>Thesis, chapter 4: cluster membership changes.</summary>
public class ThesisMembershipTests
{
    // 4.1: one change at a time.
    [Fact]
    public void A_change_waits_until_the_one_before_is_applied()
    {
        var group = Group.LedByFirst(3);
        group.Change(1, MemberChange.Remove(Three));

        var second = group[1].Core.Propose(ConfigurationChange.Of(MemberChange.AddVoter(new MemberId(4))));
        group.Settle();
        var third = group[1].Core.Propose(ConfigurationChange.Of(MemberChange.AddVoter(new MemberId(4))));

        second.Should().Be(new ProposalOutcome.ChangeUnderWay());
        third.Should().BeOfType<ProposalOutcome.Accepted>();
    }

    // 4.1, and the erratum of 2015: a new leader cannot know what the one before has changed.
    [Fact]
    public void A_leader_changes_nothing_before_it_has_committed_an_entry_of_its_term()
    {
        var leader = LeaderWith(proposals: 0);

        leader.Core.Propose(ConfigurationChange.Of(MemberChange.Remove(Three)))
            .Should().Be(new ProposalOutcome.ChangeUnderWay());
        leader.Answer(new AppendAccepted(Two, One, new Term(2), new LogIndex(2)));
        leader.Core.Propose(ConfigurationChange.Of(MemberChange.Remove(Three)))
            .Should().BeOfType<ProposalOutcome.Accepted>();
    }

    [Fact]
    public void A_follower_takes_no_changes()
    {
        var member = InRole(RoleKind.Follower);

        member.Core.Propose(ConfigurationChange.Of(MemberChange.Remove(Three)))
            .Should().Be(new ProposalOutcome.NotLeader(MemberId.None));
    }

    [Fact]
    public void A_change_takes_effect_when_the_owner_applies_it_and_not_before()
    {
        var group = Group.LedByFirst(3);
        group.Change(1, MemberChange.Remove(Three));

        group[1].Core.Configuration.IsVoter(Three).Should().BeTrue();
        group.Settle();

        group[1].Core.Configuration.Should().Be(new GroupConfiguration(One, Two));
        group[2].Core.Configuration.Should().Be(new GroupConfiguration(One, Two));
        group[3].Core.Configuration.Should().Be(new GroupConfiguration(One, Two), "it hears of it once more");
    }

    [Fact]
    public void An_owner_that_forgets_a_change_is_stopped()
    {
        var member = Member.Restarted(
            new GroupConfiguration(One), new HardState(new Term(1), One, new LogIndex(1)), [ChangeAt(1, Two)]);
        var ready = member.Core.TakeReady();

        var forget = () => member.Core.AppliedTo(ready.Committed.Span[0].Index);

        forget.Should().Throw<InvariantException>().WithMessage("*each change of the configuration*");
    }

    // A leader proposes a change when it has applied the one before, so of two in a log the first is committed. After
    // a crash that forgot the commit index, the log itself must tell: 1 must not ask voters of two changes ago.
    [Fact]
    public void Of_two_changes_in_a_log_the_first_is_committed_and_is_applied_before_an_election()
    {
        var member = Member.Restarted(
            new GroupConfiguration(One, Two, Three), new HardState(new Term(1), MemberId.None, LogIndex.None),
            [ChangeAt(1, new MemberId(4)), ChangeAt(2, new MemberId(5))], Plain);

        member.Core.Campaign();
        var early = member.Core.Role;
        member.Settle();
        member.Core.Campaign();
        var asked = member.Settle().OfType<VoteRequest>().Select(request => request.To);

        early.Should().Be(RoleKind.Follower);
        member.Core.Configuration.ToString().Should().Be("voters [1 2 3 4]");
        asked.Should().Equal(Two, Three, new MemberId(4));
    }

    [Fact]
    public void A_follower_that_takes_a_second_change_knows_that_the_first_is_committed()
    {
        var member = Member.Restarted(3, HardState.Initial, []);

        member.Answer(new AppendRequest(
            Two, One, new Term(1), LogIndex.None, Term.None, LogIndex.None,
            new[] { ChangeAt(1, new MemberId(4)), ChangeAt(2, new MemberId(5)) }));

        member.Core.Status.Commit.Should().Be(new LogIndex(1));
    }

    // 4.2.1: catching up new servers.
    [Fact]
    public void A_learner_counts_neither_for_commits_nor_for_reads_nor_for_the_check_of_the_quorum()
    {
        var group = Group.LedByFirst(3);
        group.Join(4);
        group.Change(1, MemberChange.AddLearner(new MemberId(4)));
        group.Settle();
        group.Isolate(2);
        group.Isolate(3);

        group.Propose(1, "a");
        group[1].Core.ReadIndex(new ReadContext(1));
        group.Settle();
        var commit = group[1].Core.Status.Commit;
        group.Tick(1, ticks: 2 * group[1].Settings.ElectionTicks);

        commit.Should().Be(new LogIndex(2), "it holds the entry and has no vote");
        group[1].Reads.Should().BeEmpty();
        group[1].Core.Role.Should().Be(RoleKind.Follower, "only a learner answered");
    }

    [Fact]
    public void Learners_are_not_limited_in_number()
    {
        var group = Group.LedByFirst(1);
        for (var learner = 2; learner < 40; learner++)
        {
            group.Join(learner);
            group.Change(1, MemberChange.AddLearner(Group.Id(learner)));
            group.Settle();
        }

        group.Propose(1, "a");
        group.Settle();

        group.Members.Should().OnlyContain(member => member.Applied.Count == group[1].Applied.Count);
    }

    // 4.2.2: removing the current leader.
    [Fact]
    public void A_leader_that_was_removed_counts_itself_no_more()
    {
        var group = Group.LedByFirst(3);
        group.Cut(1, 3);
        group.Change(1, MemberChange.Remove(One));
        group.Settle();

        group[1].Core.Role.Should().Be(RoleKind.Leader, "only one of the two that stay has answered");
        group[1].Core.Propose(new byte[] { 1 }).Should().Be(new ProposalOutcome.LeadershipMoving(MemberId.None));
        group.Heal();
        group.Tick(1);
        group[1].Core.Role.Should().Be(RoleKind.Follower);
        group[2].Core.Role.Should().Be(RoleKind.Leader);
    }

    // 4.2.3: disruptive servers.
    [Fact]
    public void A_removed_member_stands_for_no_election()
    {
        var group = Group.LedByFirst(3);
        group.Change(1, MemberChange.Remove(Three));
        group.Settle();

        group.Tick(3, ticks: 100);
        group[3].Core.Campaign();

        group[3].Core.Role.Should().Be(RoleKind.Follower);
        group[1].Core.Term.Should().Be(new Term(1));
    }

    // 4.3: arbitrary changes using joint consensus.
    [Fact]
    public void A_candidate_of_a_joint_configuration_needs_both_majorities()
    {
        var joint = new GroupConfiguration(
            [One, new MemberId(4), new MemberId(5)], learners: [], outgoingVoters: [One, Two, Three]);
        var member = Member.Restarted(joint, HardState.Initial, [], Plain);
        member.Core.Campaign();
        member.Settle();

        member.Answer(new VoteResponse(new MemberId(4), One, new Term(1), IsGranted: true));
        var early = member.Core.Role;
        member.Answer(new VoteResponse(Three, One, new Term(1), IsGranted: true));

        early.Should().Be(RoleKind.Candidate);
        member.Core.Role.Should().Be(RoleKind.Leader);
    }

    [Fact]
    public void An_entry_of_a_joint_configuration_needs_both_majorities()
    {
        var joint = new GroupConfiguration(
            [One, new MemberId(4), new MemberId(5)], learners: [], outgoingVoters: [One, Two, Three]);
        var member = Member.Restarted(joint, HardState.Initial, [], Plain);
        member.Core.Campaign();
        member.Settle();
        member.Answer(new VoteResponse(new MemberId(4), One, new Term(1), IsGranted: true));
        member.Answer(new VoteResponse(Three, One, new Term(1), IsGranted: true));

        member.Answer(new AppendAccepted(new MemberId(4), One, new Term(1), new LogIndex(1)));
        member.Answer(new AppendAccepted(new MemberId(5), One, new Term(1), new LogIndex(1)));
        var early = member.Core.Status.Commit;
        member.Answer(new AppendAccepted(Two, One, new Term(1), new LogIndex(1)));

        early.Should().Be(LogIndex.None);
        member.Core.Status.Commit.Should().Be(new LogIndex(1));
    }

    [Fact]
    public void The_leader_leaves_a_joint_configuration_by_itself()
    {
        var group = Group.LedByFirst(3);
        group.Join(4);
        group.Join(5);

        group.Change(
            1, MemberChange.AddVoter(new MemberId(4)), MemberChange.AddVoter(new MemberId(5)),
            MemberChange.Remove(Two), MemberChange.Remove(Three));
        group.Settle();

        group[1].Core.Configuration.ToString().Should().Be("voters [1 4 5]");
        group[4].Applied.Should().Equal(group[1].Applied);
    }

    // A late answer to a question from before it led tells a leader nothing that it may not find out by itself.
    [Fact]
    public void A_leader_counts_what_is_committed_itself()
    {
        var leader = LeaderWith(proposals: 1);
        leader.Settle();

        leader.Answer(new PreVoteResponse(
            Two, One, new Term(2), IsGranted: false, Commit: new LogIndex(3), CommitTerm: new Term(2)));
        var commit = leader.Core.Status.Commit;
        leader.Answer(new AppendAccepted(Two, One, new Term(2), new LogIndex(3)));

        commit.Should().Be(LogIndex.None);
        leader.Core.Status.Commit.Should().Be(new LogIndex(3));
        leader.Core.Status.UncommittedBytes.Should().Be(0);
    }

    [Fact]
    public void A_refused_candidate_learns_what_is_committed_if_its_log_holds_it()
    {
        var member = Member.Restarted(3, new HardState(new Term(1), MemberId.None, LogIndex.None), [1, 1, 1], Plain);
        member.Core.Campaign();
        member.Settle();

        member.Answer(new VoteResponse(
            Two, One, new Term(2), IsGranted: false, Commit: new LogIndex(3), CommitTerm: new Term(2)));
        var other = member.Core.Status.Commit;
        member.Answer(new VoteResponse(
            Two, One, new Term(2), IsGranted: false, Commit: new LogIndex(2), CommitTerm: new Term(1)));

        other.Should().Be(LogIndex.None, "its entry there is another one");
        member.Core.Status.Commit.Should().Be(new LogIndex(2));
    }

    private static Entry ChangeAt(ulong index, MemberId voter) => new(
        new Term(1), new LogIndex(index), EntryKind.Configuration,
        ConfigurationChangeCodec.Encode(ConfigurationChange.Of(MemberChange.AddVoter(voter))));
}
