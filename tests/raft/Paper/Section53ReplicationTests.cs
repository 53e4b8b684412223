using Sync.Raft.Log;
using Sync.Raft.Messages;
using Sync.Raft.Proposals;
using Sync.Raft.Tests.Cluster;
using static Sync.Raft.Tests.Paper.Situations;

namespace Sync.Raft.Tests.Paper;

/// <summary>Section 5.3: log replication.</summary>
public class Section53ReplicationTests
{
    [Fact]
    public void A_leader_begins_with_an_entry_of_its_term_and_sends_it_with_the_one_before_it()
    {
        var member = Member.Restarted(3, InTerm(1), [1], Plain);
        member.Core.Campaign();
        member.Settle();

        var sent = member.Answer(new VoteResponse(Two, One, new Term(2), IsGranted: true));

        sent.Should().AllBeOfType<AppendRequest>().And.HaveCount(2);
        var request = (AppendRequest)sent[0];
        (request.PreviousIndex, request.PreviousTerm).Should().Be((new LogIndex(1), new Term(1)));
        request.Entries.ToArray()
            .Should().Equal(new Entry(new Term(2), new LogIndex(2), EntryKind.Normal, default));
    }

    [Fact]
    public void Proposals_of_a_turn_share_one_message_and_one_write()
    {
        var member = LeaderWith(0);
        member.Answer(new AppendAccepted(Two, One, new Term(2), new LogIndex(2)));

        member.Core.Propose(new byte[] { 1 });
        member.Core.Propose(new ReadOnlyMemory<byte>[] { new byte[] { 2 }, new byte[] { 3 } });
        var ready = member.Turn();

        ready.Entries.Length.Should().Be(3);
        ready.Messages.OfType<AppendRequest>().Where(request => request.To == Two)
            .Should().ContainSingle().Which.Entries.ToArray().Should().Equal(ready.Entries.ToArray());
    }

    [Fact]
    public void Only_the_leader_takes_proposals_and_others_name_it()
    {
        var member = Member.Restarted(3, new HardState(new Term(1), Two, LogIndex.None), []);

        var without = member.Core.Propose(new byte[] { 1 });
        member.Answer(new HeartbeatRequest(Two, One, new Term(1), LogIndex.None, 0));
        var with = member.Core.Propose(new byte[] { 1 });

        without.Should().Be(new ProposalOutcome.NotLeader(MemberId.None));
        with.Should().Be(new ProposalOutcome.NotLeader(Two));
        member.Settle().Should().BeEmpty();
    }

    [Fact]
    public void A_follower_rejects_entries_after_a_gap()
    {
        var member = Member.Restarted(3, InTerm(2), [1, 1]);

        var sent = member.Answer(Append(new Term(2), previous: 4, previousTerm: 2, 2));

        sent.Should().Equal(
            new AppendRejected(
                One, Two, new Term(2), new LogIndex(4), HintIndex: new LogIndex(2), HintTerm: new Term(1)));
        member.Log.LastIndex.Should().Be(new LogIndex(2));
    }

    // Figure 7: the leader of term 8 and the followers (a) to (f).
    [Theory]
    [InlineData(new ulong[] { 1, 1, 1, 4, 4, 5, 5, 6, 6 })]
    [InlineData(new ulong[] { 1, 1, 1, 4 })]
    [InlineData(new ulong[] { 1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6 })]
    [InlineData(new ulong[] { 1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7 })]
    [InlineData(new ulong[] { 1, 1, 1, 4, 4, 4, 4 })]
    [InlineData(new ulong[] { 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3 })]
    public void A_leader_brings_any_log_of_figure_7_to_equal_its_own(ulong[] followerTerms)
    {
        var leader = Member.Restarted(
            3, InTerm(7), [1, 1, 1, 4, 4, 5, 5, 6, 6, 6], Plain);
        var follower = Member.Restarted(
            3, InTerm(7), followerTerms,
            settings => Plain(settings) with { Member = Two });
        leader.Core.Campaign();
        leader.Settle();
        var toFollower = leader.Answer(new VoteResponse(Three, One, new Term(8), IsGranted: true));

        for (var exchange = 0; exchange < 5; exchange++)
        {
            var toLeader = toFollower
                .Where(message => message.To == Two)
                .SelectMany(follower.Answer)
                .ToList();
            toFollower = [.. toLeader.SelectMany(leader.Answer)];
        }

        follower.Log.Entries.Should().Equal(leader.Log.Entries);
        follower.Log.LastIndex.Should().Be(new LogIndex(11));
        follower.Applied.Should().Equal(leader.Applied).And.HaveCount(11);
    }

    [Fact]
    public void Entries_that_are_there_already_are_kept_with_what_follows_them()
    {
        var member = Member.Restarted(3, InTerm(1), []);
        member.Answer(Append(new Term(1), previous: 0, previousTerm: 0, 1, 1, 1));

        // The same message again in part, late: it must not cut the log to its own length.
        var sent = member.Answer(Append(new Term(1), previous: 0, previousTerm: 0, 1, 1));

        sent.Should().Equal(new AppendAccepted(One, Two, new Term(1), Match: new LogIndex(2)));
        member.Core.Status.LastIndex.Should().Be(new LogIndex(3));
        member.Log.LastIndex.Should().Be(new LogIndex(3));
    }

    [Fact]
    public void A_message_from_before_the_commit_index_is_accepted_up_to_that_and_no_further()
    {
        var state = new HardState(new Term(2), MemberId.None, new LogIndex(2));
        var member = Member.Restarted(3, state, [1, 1, 1, 1]);

        var sent = member.Answer(Append(new Term(2), previous: 1, previousTerm: 1, 1));

        sent.Should().Equal(new AppendAccepted(One, Two, new Term(2), Match: new LogIndex(2)));
    }

    [Fact]
    public void A_follower_commits_at_most_what_the_message_proves_equal()
    {
        var member = Member.Restarted(3, InTerm(3), [1, 1, 2, 2]);

        member.Answer(Append(new Term(3), previous: 1, previousTerm: 1, 1) with { Commit = new LogIndex(4) });

        member.Core.Status.Commit.Should().Be(new LogIndex(2));
    }

    [Fact]
    public void A_follower_answers_only_once_the_entries_are_durable()
    {
        var member = Member.Restarted(3, InTerm(1), []);

        member.Receive(Append(new Term(1), previous: 0, previousTerm: 0, 1));
        var first = member.Turn();

        // While that write is under way the same message again has nothing to write, but its answer waits for
        // it too.
        member.Receive(Append(new Term(1), previous: 0, previousTerm: 0, 1));
        var second = member.Turn();

        first.Messages.Should().BeEmpty();
        first.MessagesAfterPersist.Should().Equal(new AppendAccepted(One, Two, new Term(1), new LogIndex(1)));
        second.MustSync.Should().BeFalse();
        second.Messages.Should().BeEmpty();
        second.MessagesAfterPersist
            .Should().Equal(new AppendAccepted(One, Two, new Term(1), new LogIndex(1)));
    }

    [Fact]
    public void A_write_under_way_does_not_count_for_the_entries_that_replaced_its_own()
    {
        var member = Member.Restarted(3, InTerm(1), [1]);
        member.Receive(Append(new Term(1), previous: 1, previousTerm: 1, 1, 1, 1));
        member.Turn();
        var replacement = Append(new Term(2), previous: 1, previousTerm: 1, 2, 2, 2);
        member.Receive(replacement with { From = Three, Commit = new LogIndex(4) });
        member.Turn();

        member.Persist();
        var afterFirst = member.Core.Status.Persisted;
        member.Persist();

        afterFirst.Should().Be(new LogIndex(1));
        member.Core.Status.Persisted.Should().Be(new LogIndex(4));
        member.Settle();
        member.Applied.Select(entry => entry.Term.Value).Should().Equal(1, 2, 2, 2);
    }

    [Fact]
    public void A_committed_entry_that_a_leader_would_replace_stops_the_member()
    {
        var member = Member.Restarted(3, new HardState(new Term(2), MemberId.None, new LogIndex(2)), [1, 1]);

        // It matches at 2 and brings an entry 2 of another term: no correct leader does.
        var step = () => member.Core.Step(new AppendRequest(
            Two, One, new Term(2), new LogIndex(2), new Term(1), LogIndex.None,
            new[] { new Entry(new Term(2), new LogIndex(2), EntryKind.Normal, default) }));

        step.Should().Throw<InvariantException>().WithMessage("*a committed entry is never replaced*");
    }

    [Fact]
    public void A_commit_index_beyond_the_log_stops_the_member_for_its_log_must_have_been_lost()
    {
        var member = Member.Restarted(3, InTerm(1), [1]);

        var step = () => member.Core.Step(new HeartbeatRequest(Two, One, new Term(1), new LogIndex(5), 0));

        step.Should().Throw<InvariantException>().WithMessage("*5 is committed, the log ends at 1*");
    }

    [Fact]
    public void A_log_that_ends_before_the_restored_commit_index_is_refused()
    {
        var state = new HardState(new Term(1), MemberId.None, new LogIndex(3));

        var start = () => Member.Restarted(1, state, [1, 1]);

        start.Should().Throw<InvariantException>().WithMessage("*all committed entries: to 3*ends at 2*");
    }

    private static HardState InTerm(ulong term) => new(new Term(term), MemberId.None, LogIndex.None);

    private static AppendRequest Append(
        Term term, ulong previous, ulong previousTerm, params ulong[] entryTerms)
    {
        var entries = entryTerms.Select((entryTerm, position) => new Entry(
            new Term(entryTerm), new LogIndex(previous + (ulong)position + 1), EntryKind.Normal, default));

        return new AppendRequest(
            Two, One, term, new LogIndex(previous), new Term(previousTerm), LogIndex.None, entries.ToArray());
    }
}
