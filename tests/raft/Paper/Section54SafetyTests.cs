using Sync.Raft.Messages;
using Sync.Raft.Tests.Cluster;
using static Sync.Raft.Tests.Paper.Situations;

namespace Sync.Raft.Tests.Paper;

/// <summary>Section 5.4: safety. Figure 8 is the scenario old_term_commits_under_new.</summary>
public class Section54SafetyTests
{
    // Section 5.4.1: the later last term wins, then the longer log.
    [Theory]
    [InlineData(new ulong[] { 1 }, 1, 1, true)]
    [InlineData(new ulong[] { 1 }, 2, 1, true)]
    [InlineData(new ulong[] { 1, 1 }, 1, 1, false)]
    [InlineData(new ulong[] { 1, 1 }, 1, 2, true)]
    [InlineData(new ulong[] { 1, 2 }, 5, 1, false)]
    [InlineData(new ulong[] { 1, 2 }, 2, 2, true)]
    [InlineData(new ulong[] { }, 0, 0, true)]
    public void A_vote_is_given_only_to_a_log_that_is_as_up_to_date(
        ulong[] logTerms, ulong lastIndex, ulong lastTerm, bool granted)
    {
        var state = new HardState(new Term(2), MemberId.None, LogIndex.None);

        Member.Restarted(3, state, logTerms)
            .Answer(new VoteRequest(
                Two, One, new Term(3), new LogIndex(lastIndex), new Term(lastTerm), IsTransfer: false))
            .Should().Equal(new VoteResponse(One, Two, new Term(3), granted));
        Member.Restarted(3, state, logTerms)
            .Answer(new PreVoteRequest(Two, One, new Term(3), new LogIndex(lastIndex), new Term(lastTerm)))
            .Should().Equal(new PreVoteResponse(One, Two, new Term(granted ? 3UL : 2UL), granted));
    }

    // Section 5.4.2.
    [Fact]
    public void An_entry_of_an_earlier_term_is_committed_only_under_one_of_the_leaders_own()
    {
        var member = LeaderWith(proposals: 1);
        member.Settle();

        member.Answer(new AppendAccepted(Two, One, new Term(2), new LogIndex(1)));
        var beneath = member.Core.Status.Commit;
        member.Answer(new AppendAccepted(Two, One, new Term(2), new LogIndex(2)));
        var own = member.Core.Status.Commit;

        beneath.Should().Be(LogIndex.None);
        own.Should().Be(new LogIndex(2));
    }

    [Fact]
    public void A_leader_counts_itself_only_for_what_is_durable()
    {
        var member = LeaderWith(proposals: 1);
        member.Turn();

        // One of two followers holds it, and the leader's own disk does not yet.
        member.Receive(new AppendAccepted(Two, One, new Term(2), new LogIndex(3)));
        var before = member.Core.Status.Commit;
        member.Persist();
        var after = member.Core.Status.Commit;

        before.Should().Be(new LogIndex(2));
        after.Should().Be(new LogIndex(3));
    }

    // Thesis, section 10.2.1: the leader writes while it sends, and need not be part of the majority.
    [Fact]
    public void A_majority_of_followers_commits_but_only_durable_entries_are_applied()
    {
        var member = LeaderWith(proposals: 1);
        member.Turn();

        member.Receive(new AppendAccepted(Two, One, new Term(2), new LogIndex(3)));
        member.Receive(new AppendAccepted(Three, One, new Term(2), new LogIndex(3)));
        var ready = member.Turn();
        var rest = member.Turn();
        var applied = member.Applied.Count;
        var commit = member.Core.Status.Commit;
        member.Settle();

        commit.Should().Be(new LogIndex(3));
        (ready.HardState?.Commit).Should().Be(new LogIndex(2));
        rest.HardState.Should().BeNull();
        applied.Should().Be(2);
        member.Applied.Should().HaveCount(3);
    }

    [Fact]
    public void An_answer_of_somebody_who_does_not_vote_commits_nothing()
    {
        var member = LeaderWith(proposals: 1);
        member.Settle();

        member.Answer(new AppendAccepted(new MemberId(8), One, new Term(2), new LogIndex(3)));
        member.Answer(new AppendAccepted(new MemberId(9), One, new Term(2), new LogIndex(3)));

        member.Core.Status.Commit.Should().Be(LogIndex.None);
    }
}
