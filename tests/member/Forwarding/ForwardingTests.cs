using System.Text;
using CsCheck;
using Sync.Member.Forwarding;
using Sync.Mvcc.Commands;
using Sync.Mvcc.Leases;
using Sync.Raft.Messages;
using Sync.Raft.Roles;

namespace Sync.Member.Tests.Forwarding;

public class ForwardingTests
{
    private static readonly LeaseId Lease = new(5);

    [Fact]
    public void A_proposal_at_any_member_is_answered_there_with_its_own_view()
    {
        var trio = MemberTrio.Led();

        foreach (var id in new ulong[] { 1, 2, 3 })
        {
            var request = trio.Propose(id, Put($"k{id}"));
            trio.Elapse(ticks: 2);

            trio.Answers.Should().ContainKey(request);
            trio.VersionOf(id, $"k{id}").Should().Be(1);
        }
    }

    [Fact]
    public void Who_was_away_and_is_back_can_lead_next_before_anything_is_written()
    {
        var trio = MemberTrio.Led();
        var away = trio.Followers[0];
        trio.CutOff(away);
        trio.Followers.ToList().ForEach(trio.ReportUnreachable);
        trio.Elapse(ticks: 30);

        trio.Delivers = (from, to, _) => from != trio.Followers[1] && to != trio.Followers[1];
        trio.Elapse(ticks: 10);

        trio.FindSuccessor().Should().Be(away);
    }

    [Fact]
    public void Every_member_tells_its_name()
    {
        var trio = MemberTrio.Led();

        trio.StatusOf(1).Members.All.Select(member => member.Name).Should().Equal("m1", "m2", "m3");
        trio.StatusOf(3).Members.All.Should().Equal(trio.StatusOf(1).Members.All);
    }

    [Fact]
    public void A_forwarded_proposal_that_arrives_twice_happens_once()
    {
        var trio = MemberTrio.Led();
        trio.Doubles = message => message is ForwardedProposal;

        trio.Propose(trio.Followers[0], Put("a"));
        trio.Elapse(ticks: 20);

        trio.VersionOf(1, "a").Should().Be(1);
    }

    [Fact]
    public void A_forwarded_proposal_that_is_lost_is_sent_again()
    {
        var trio = MemberTrio.Led();
        trio.Delivers = (_, _, message) => message is not ForwardedProposal;
        var request = trio.Propose(trio.Followers[0], Put("a"));
        trio.Settle();

        trio.Heal();
        trio.Elapse(ticks: 6);

        trio.Answers.Should().ContainKey(request);
        trio.VersionOf(1, "a").Should().Be(1);
    }

    [Fact]
    public void A_proposal_that_an_old_leader_lost_is_taken_by_the_next()
    {
        var trio = MemberTrio.Led();
        var (leader, follower) = (trio.Leader, trio.Followers[0]);
        trio.Delivers = (from, _, message) => from != leader || message is not AppendRequest { Entries.Length: > 0 };
        var request = trio.Propose(follower, Put("a"));
        trio.Elapse(ticks: 1);

        trio.CutOff(leader);
        trio.Elapse(ticks: 30);

        trio.Leader.Should().NotBe(leader);
        trio.Answers.Should().ContainKey(request);
        trio.VersionOf(follower, "a").Should().Be(1);
        trio.Heal();
        trio.Elapse(ticks: 10);
        trio.VersionOf(leader, "a").Should().Be(1);
    }

    [Fact]
    public void A_proposal_of_a_leader_that_is_cut_off_is_forwarded_when_it_is_back()
    {
        var trio = MemberTrio.Led();
        var leader = trio.Leader;
        trio.CutOff(leader);
        var request = trio.Propose(leader, Put("a"));
        trio.Elapse(ticks: 40);
        trio.Answers.Should().NotContainKey(request);

        trio.Heal();
        trio.Elapse(ticks: 20);

        trio.Answers.Should().ContainKey(request);
        trio.VersionOf(1, "a").Should().Be(1);
    }

    [Fact]
    public void A_proposal_that_the_old_leader_had_spread_does_not_happen_again_under_the_next()
    {
        var trio = MemberTrio.Led();
        var (leader, follower) = (trio.Leader, trio.Followers[0]);
        trio.Delivers = (_, to, message) => !(message is AppendAccepted && to == leader);
        var request = trio.Propose(follower, Put("a"));
        trio.Elapse(ticks: 2);
        trio.Answers.Should().NotContainKey(request, "the leader does not know that it is committed");

        trio.CutOff(leader);
        trio.Elapse(ticks: 30);

        trio.Answers.Should().ContainKey(request);
        trio.VersionOf(follower, "a").Should().Be(1);
    }

    [Fact]
    public void Without_a_majority_a_request_ends_in_its_time_as_one_whose_leader_was_lost()
    {
        var trio = MemberTrio.Led();
        trio.Delivers = (_, _, _) => false;

        var request = trio.Propose(trio.Followers[0], Put("a"));
        trio.Elapse(ticks: 71);

        trio.Failures.Should().Contain(request, RequestFailure.TimedOut);
        trio.Answers.Should().NotContainKey(request);
    }

    [Fact]
    public void A_read_that_is_confirmed_for_an_entry_that_never_comes_ends_in_its_time()
    {
        var trio = MemberTrio.Led();
        var follower = trio.Followers[0];
        trio.Delivers = (_, to, message) => to != follower || message is not AppendRequest;
        trio.Propose(trio.Leader, Put("a"));
        trio.Elapse(ticks: 2);

        var read = trio.Read(follower);
        trio.Elapse(ticks: 10);
        trio.Failures.Should().BeEmpty("it waits for the entry");
        trio.Elapse(ticks: 70);

        trio.Failures.Should().ContainKey(read);
    }

    [Fact]
    public void A_lease_is_renewed_and_asked_for_at_every_member()
    {
        var trio = MemberTrio.Led();
        trio.Propose(trio.Followers[0], new LeaseGrantCommand(Lease, TtlSeconds: 10));
        trio.Elapse(ticks: 2);
        for (var round = 0; round < 5; round++)
        {
            trio.Elapse(ticks: 80);
            var renewal = trio.Renew(trio.Followers[round % 2], Lease);
            var remainder = trio.AskRemaining(trio.Followers[1], Lease);
            trio.Elapse(ticks: 1);

            trio.LeaseTimes[renewal].Should().Be(10);
            trio.LeaseTimes[remainder].Should().BeInRange(9, 10);
        }

        trio.ViewOf(1).FindLease(Lease).Should().NotBeNull();
    }

    [Fact]
    public void An_unknown_lease_is_no_error_at_any_member()
    {
        var trio = MemberTrio.Led();

        var renewal = trio.Renew(trio.Followers[0], Lease);
        var remainder = trio.AskRemaining(trio.Followers[0], Lease);
        trio.Elapse(ticks: 1);

        trio.LeaseTimes[renewal].Should().Be(0);
        trio.LeaseTimes[remainder].Should().BeNegative();
    }

    [Fact]
    public void A_renewal_waits_for_the_next_leader()
    {
        var trio = MemberTrio.Led();
        var (leader, follower) = (trio.Leader, trio.Followers[0]);
        trio.Propose(leader, new LeaseGrantCommand(Lease, TtlSeconds: 60));
        trio.Elapse(ticks: 2);
        trio.CutOff(leader);

        var renewal = trio.Renew(follower, Lease);
        trio.Elapse(ticks: 40);

        trio.LeaseTimes.Should().Contain(renewal, 60);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_renewal_that_must_clear_a_written_down_time_waits_while_leadership_moves(bool succeeds)
    {
        var trio = MemberTrio.Led();
        var (leader, successor) = (trio.Leader, trio.Followers[0]);
        trio.Propose(leader, new LeaseGrantCommand(Lease, TtlSeconds: 1000));
        trio.Elapse(ticks: 650);
        trio.ViewOf(leader).FindLease(Lease)!.RemainingTtlSeconds.Should().BePositive("it is written down each minute");
        trio.Delivers = (_, _, message) => message is not TimeoutNow;
        trio.TransferLeadership(successor).Should().BeOfType<TransferOutcome.Started>();

        var renewals = new[] { trio.Renew(leader, Lease), trio.Renew(trio.Followers[1], Lease) };
        trio.Elapse(ticks: 2);
        trio.Failures.Should().BeEmpty("a renewal can wait until it is known who leads");
        trio.LeaseTimes.Should().BeEmpty("nothing is written before that");
        if (succeeds)
        {
            trio.CutOff(leader);
            trio.Elapse(ticks: 40);
            trio.Leader.Should().NotBe(leader);
            trio.Heal();
        }

        trio.Elapse(ticks: 20);

        trio.Failures.Should().BeEmpty();
        renewals.Select(renewal => trio.LeaseTimes[renewal]).Should().AllBeEquivalentTo(1000);
        trio.ViewOf(leader).FindLease(Lease)!.RemainingTtlSeconds.Should().Be(0);
    }

    [Fact]
    public void However_messages_are_lost_and_doubled_and_leaders_cut_off_a_request_happens_once_at_most()
    {
        Gen.Int[0, 1_000_000].Sample(seed => RunStorm(seed), iter: 50);
    }

    private static void RunStorm(int seed)
    {
        var random = new Random(seed);
        var trio = MemberTrio.Led(seed);
        var requests = new Dictionary<string, RequestId>();
        for (var step = 0; step < 60; step++)
        {
            var lossPercent = random.Next(3) * 20;
            var cut = random.Next(3) == 0 ? (ulong)random.Next(1, 4) : 0;
            trio.Delivers = (from, to, _) => from != cut && to != cut && random.Next(100) >= lossPercent;
            trio.Doubles = _ => random.Next(4) == 0;
            requests[$"k{step}"] = trio.Propose((ulong)random.Next(1, 4), Put($"k{step}"));
            trio.Elapse(random.Next(1, 12));
        }

        trio.Heal();
        trio.Elapse(ticks: 100);

        foreach (var (key, request) in requests)
        {
            var version = trio.VersionOf(1, key);
            version.Should().BeLessThanOrEqualTo(1, "{0} was asked for once", key);
            (trio.Answers.ContainsKey(request) ^ trio.Failures.ContainsKey(request)).Should().BeTrue("it ends once");
            if (trio.Answers.ContainsKey(request))
            {
                version.Should().Be(1, "{0} was acknowledged", key);
            }
        }

        trio.VersionOf(2, "k0").Should().Be(trio.VersionOf(3, "k0"));
    }

    private static PutOperation Put(string key) => new(Encoding.UTF8.GetBytes(key), new byte[] { 1 });
}
