using Sync.Raft.Messages;
using Sync.Raft.Roles;
using Sync.Raft.Tests.Cluster;
using static Sync.Raft.Tests.Paper.Situations;

namespace Sync.Raft.Tests.Paper;

/// <summary>Section 5.1: terms.</summary>
public class Section51TermTests
{
    [Theory]
    [InlineData(RoleKind.Follower)]
    [InlineData(RoleKind.PreCandidate)]
    [InlineData(RoleKind.Candidate)]
    [InlineData(RoleKind.Leader)]
    public void Any_role_becomes_a_follower_when_it_sees_a_newer_term(RoleKind role)
    {
        var member = InRole(role);

        member.Answer(
            new AppendRequest(Two, One, new Term(9), LogIndex.None, Term.None, LogIndex.None, default));

        member.Core.Role.Should().Be(RoleKind.Follower);
        member.Core.Term.Should().Be(new Term(9));
        member.Core.Leader.Should().Be(Two);
    }

    [Fact]
    public void A_request_of_an_older_term_is_refused_with_the_newer_term()
    {
        var member = Member.Restarted(3, new HardState(new Term(5), MemberId.None, LogIndex.None), []);

        var rejected = new AppendRejected(One, Two, new Term(5), LogIndex.None, LogIndex.None, Term.None);
        member.Answer(
                new AppendRequest(Two, One, new Term(4), LogIndex.None, Term.None, LogIndex.None, default))
            .Should().Equal(rejected);
        member.Answer(new HeartbeatRequest(Two, One, new Term(4), LogIndex.None, 0))
            .Should().Equal(rejected);
        member.Answer(new VoteRequest(Two, One, new Term(4), new LogIndex(9), new Term(3), IsTransfer: false))
            .Should().Equal(new VoteResponse(One, Two, new Term(5), IsGranted: false));
        member.Answer(new PreVoteRequest(Two, One, new Term(4), new LogIndex(9), new Term(3)))
            .Should().Equal(new PreVoteResponse(One, Two, new Term(5), IsGranted: false));
        member.Core.Leader.Should().Be(MemberId.None);
    }

    [Fact]
    public void An_answer_of_an_older_term_is_ignored()
    {
        var member = Member.Restarted(3, new HardState(new Term(5), MemberId.None, LogIndex.None), [], Plain);
        member.Core.Campaign();
        member.Settle();

        var sent = member.Answer(new VoteResponse(Two, One, new Term(5), IsGranted: true));

        sent.Should().BeEmpty();
        member.Core.Role.Should().Be(RoleKind.Candidate);
    }

    [Fact]
    public void The_term_survives_a_crash_before_it_is_told_to_anybody()
    {
        var member = Member.Restarted(3, HardState.Initial, []);
        member.Receive(new VoteRequest(Two, One, new Term(7), LogIndex.None, Term.None, IsTransfer: false));

        var ready = member.Turn();

        ready.Messages.Should().BeEmpty();
        ready.MessagesAfterPersist.Should().Equal(new VoteResponse(One, Two, new Term(7), IsGranted: true));
        ready.HardState.Should().Be(new HardState(new Term(7), Two, LogIndex.None));
    }
}
