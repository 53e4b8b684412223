using System.Text;
using CsCheck;
using Sync.Member.Membership;
using Sync.Mvcc;
using Sync.Mvcc.Alarms;
using Sync.Mvcc.Commands;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Leases;
using Sync.Raft.Roles;

namespace Sync.Member.Tests;

public class GroupMemberTests
{
    private static readonly LeaseId Lease = new(5);

    [Fact]
    public void A_single_voter_leads_and_tells_its_name_without_a_tick()
    {
        var solo = SoloMember.Leading();

        solo.Status.Role.Should().Be(RoleKind.Leader);
        solo.Status.ServesReadsAlone.Should().BeTrue();
        solo.Status.Members.All.Should().Equal(SoloMember.Self);
    }

    [Fact]
    public void A_proposal_is_answered_only_after_it_is_durable()
    {
        var solo = SoloMember.Leading();

        var request = solo.Propose(Put("a", "1"));
        solo.TakeTurn();
        solo.TakeTurn();

        solo.Answers.Should().BeEmpty("the log was not synced");
        Value(solo, "a").Should().BeNull();

        solo.SyncAll();
        solo.TakeTurn();

        solo.Answers.Should().ContainKey(request);
        Value(solo, "a").Should().Be("1");
    }

    [Fact]
    public void An_answer_comes_with_the_view_that_holds_it()
    {
        var solo = SoloMember.Leading();

        var outcome = solo.Apply(Put("a", "1"));

        outcome.Value.Revision.Should().Be(new Revision(2));
        solo.View.Revision.Should().Be(new Revision(2));
    }

    [Fact]
    public void More_writes_than_may_wait_are_refused_at_once_and_the_others_are_done()
    {
        var solo = SoloMember.Leading(settings => settings with { WaitingRequestsMax = 2 });

        var requests = Enumerable.Range(0, 3).Select(number => solo.Propose(Put("a", $"{number}"))).ToList();
        solo.TakeTurn();
        solo.Failures.Should().ContainSingle().Which.Should().Be(
            new KeyValuePair<RequestId, RequestFailure>(requests[2], RequestFailure.TooMuchWaiting));
        solo.Settle();

        Value(solo, "a").Should().Be("1");
        solo.Apply(Put("a", "3")).IsOk.Should().BeTrue("there is room again");
    }

    [Fact]
    public void More_bytes_of_writes_than_may_wait_are_refused_at_once()
    {
        var solo = SoloMember.Leading(settings => settings with { WaitingBytesMax = 1000 });

        var request = solo.Propose(Put("a", new string('x', 1000)));
        solo.TakeTurn();

        solo.Failures.Should().ContainKey(request);
        solo.Apply(Put("a", "1")).IsOk.Should().BeTrue();
    }

    [Fact]
    public void A_refused_command_is_answered_and_changes_nothing()
    {
        var solo = SoloMember.Leading();

        var outcome = solo.Apply(Put("a", "1") with { Lease = Lease });

        outcome.Error.Should().Be(StoreError.LeaseNotFound);
        solo.View.Revision.Should().Be(Revision.Fresh);
    }

    [Fact]
    public void A_read_is_served_at_once_by_a_member_that_votes_alone()
    {
        var solo = SoloMember.Leading();

        var read = solo.Read();
        solo.TakeTurn();

        solo.ServedReads.Should().Contain(read);
    }

    [Fact]
    public void A_request_ends_after_its_time_when_the_disk_does_not_answer()
    {
        var solo = SoloMember.Leading();

        var request = solo.Propose(Put("a", "1"));
        solo.TickWithoutDisk(71);
        solo.Settle();

        solo.Failures.Should().Contain(request, RequestFailure.TimedOut);
        solo.Answers.Should().NotContainKey(request, "it was answered before");
        Value(solo, "a").Should().Be("1", "an unknown outcome may still happen");
    }

    [Fact]
    public void What_was_proposed_before_the_member_leads_waits_for_it()
    {
        var solo = new SoloMember();

        var request = solo.Propose(Put("a", "1"));
        solo.Settle();

        solo.Answers.Should().ContainKey(request);
        Value(solo, "a").Should().Be("1");
    }

    [Fact]
    public void A_lease_ends_after_its_time_and_takes_its_keys_along()
    {
        var solo = SoloMember.Leading();
        solo.Apply(new LeaseGrantCommand(Lease, TtlSeconds: 10));
        solo.Apply(Put("a", "1") with { Lease = Lease });

        solo.Elapse(TimeSpan.FromSeconds(9.9));
        Value(solo, "a").Should().Be("1", "the lease has not ended");

        solo.Elapse(TimeSpan.FromSeconds(2));
        Value(solo, "a").Should().BeNull();
        solo.View.FindLease(Lease).Should().BeNull();
    }

    [Fact]
    public void A_lease_that_was_granted_behind_the_end_of_another_outlives_it_however_slow_the_disk_is()
    {
        var solo = SoloMember.Leading();
        solo.Apply(new LeaseGrantCommand(Lease, TtlSeconds: 10));
        solo.TickWithoutDisk(105);
        var granted = solo.Propose(new LeaseGrantCommand(Lease, TtlSeconds: 10));
        var put = solo.Propose(Put("a", "1") with { Lease = Lease });

        solo.TickWithoutDisk(40);
        solo.Settle();

        solo.Answers[granted].IsOk.Should().BeTrue("the first lease has ended before");
        solo.Answers[put].IsOk.Should().BeTrue();
        Value(solo, "a").Should().Be("1", "the end of the first lease was written once");
        solo.View.FindLease(Lease).Should().NotBeNull();
        solo.Elapse(TimeSpan.FromSeconds(12));
        solo.View.FindLease(Lease).Should().BeNull("it ends by its own time");
    }

    [Fact]
    public void A_lease_that_an_alarm_kept_alive_ends_when_the_alarm_is_cleared()
    {
        var corrupt = new Alarm(SoloMember.Self.Id.Value, AlarmType.Corrupt);
        var solo = SoloMember.Leading();
        solo.Apply(new LeaseGrantCommand(Lease, TtlSeconds: 10));
        solo.Apply(new RaiseAlarmCommand(corrupt));
        solo.Elapse(TimeSpan.FromSeconds(20));
        solo.View.FindLease(Lease).Should().NotBeNull("nothing is changed under the alarm");

        solo.Apply(new ClearAlarmCommand(corrupt));
        solo.Elapse(TimeSpan.FromSeconds(5));

        solo.View.FindLease(Lease).Should().BeNull();
    }

    [Fact]
    public void A_renewed_lease_lives_on()
    {
        var solo = SoloMember.Leading();
        solo.Apply(new LeaseGrantCommand(Lease, TtlSeconds: 5));
        for (var round = 0; round < 5; round++)
        {
            solo.Elapse(TimeSpan.FromSeconds(4));
            var renewal = solo.Renew(Lease);
            solo.Settle();
            solo.Renewals[renewal].Should().Be(5);
        }

        solo.View.FindLease(Lease).Should().NotBeNull();
    }

    [Fact]
    public void The_renewal_of_an_unknown_lease_answers_zero()
    {
        var solo = SoloMember.Leading();

        var renewal = solo.Renew(Lease);
        solo.Settle();

        solo.Renewals[renewal].Should().Be(0);
    }

    [Fact]
    public void A_long_lease_keeps_its_remaining_time_over_a_restart()
    {
        var solo = SoloMember.Leading();
        solo.Apply(new LeaseGrantCommand(Lease, TtlSeconds: 1000));
        solo.Elapse(TimeSpan.FromSeconds(900));
        solo.Crash();

        solo.Elapse(TimeSpan.FromSeconds(90));
        solo.View.FindLease(Lease).Should().NotBeNull("it has a hundred seconds left");
        solo.Elapse(TimeSpan.FromSeconds(75));
        solo.View.FindLease(Lease).Should().BeNull("it has not a thousand seconds again");
    }

    [Fact]
    public void A_renewal_makes_a_written_down_time_void()
    {
        var solo = SoloMember.Leading();
        solo.Apply(new LeaseGrantCommand(Lease, TtlSeconds: 1000));
        solo.Elapse(TimeSpan.FromSeconds(900));
        var renewal = solo.Renew(Lease);
        solo.Settle();
        solo.Crash();

        solo.Renewals[renewal].Should().Be(1000);
        solo.Elapse(TimeSpan.FromSeconds(990));
        solo.View.FindLease(Lease).Should().NotBeNull();
    }

    [Fact]
    public void A_restart_from_checkpoint_and_log_gives_back_everything_acknowledged()
    {
        Gen.Int[0, 99].Array[1, 80].Sample(steps =>
        {
            var solo = SoloMember.Leading();
            var expected = new Dictionary<string, string>();
            foreach (var (step, number) in steps.Select((step, number) => (step, number)))
            {
                Take(solo, expected, step, $"v{number}");
            }

            solo.Crash();
            foreach (var key in Enumerable.Range(0, 10).Select(key => $"k{key}"))
            {
                Value(solo, key).Should().Be(expected.GetValueOrDefault(key));
            }
        }, iter: 500);
    }

    [Fact]
    public void A_request_that_is_larger_than_the_log_takes_is_refused_and_the_next_one_is_done()
    {
        var solo = SoloMember.Leading();

        var request = solo.Propose(new PutOperation(Bytes("a"), new byte[48 * 1024 * 1024]));
        solo.Settle();

        solo.Failures.Should().ContainSingle().Which.Should().Be(KeyValuePair.Create(request, RequestFailure.TooLarge));
        solo.Apply(Put("a", "1")).Value.Revision.Should().Be(new Revision(2));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_downgrade_is_told_to_who_asked_and_outlives_a_crash(bool isInCheckpoint)
    {
        var solo = SoloMember.Leading();

        solo.Downgrade(new(3, 4)).Should().Be(ClusterRefusal.NotOneLower);
        solo.Downgrade(new(3, 5)).Should().BeNull();
        solo.Downgrade(new(3, 4)).Should().Be(ClusterRefusal.DowngradeUnderWay);
        if (isInCheckpoint)
        {
            solo.Checkpoint();
        }

        solo.Crash();

        solo.Status.Members.Version.Should().Be(new ClusterVersion(3, 5));
        solo.Status.Members.DowngradeTarget.Should().Be(new ClusterVersion(3, 5));
        solo.Downgrade(null).Should().BeNull();
        solo.Status.Members.Version.Should().Be(SoloMember.Self.Version);
        solo.Status.Members.DowngradeTarget.Should().BeNull();
    }

    private static void Take(SoloMember solo, Dictionary<string, string> expected, int step, string value)
    {
        var key = $"k{step % 10}";
        switch (step)
        {
            case < 60:
                solo.Apply(Put(key, value));
                expected[key] = value;
                break;
            case < 80:
                solo.Apply(new DeleteRangeOperation(KeyRange.Exactly(Bytes(key))));
                expected.Remove(key);
                break;
            case < 85:
                solo.Apply(new CompactCommand(solo.View.Revision));
                break;
            case < 90:
                solo.Checkpoint();
                break;
            case < 95:
                // Lost before it was durable, so never acknowledged.
                solo.Propose(Put(key, "lost"));
                solo.TakeTurn();
                solo.Crash();
                break;
            default:
                solo.Crash();
                break;
        }
    }

    private static PutOperation Put(string key, string value) => new(Bytes(key), Bytes(value));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string? Value(SoloMember solo, string key) =>
        solo.View.Range(new RangeQuery(KeyRange.Exactly(Bytes(key)))).Value.Pairs
            .Select(pair => Encoding.UTF8.GetString(pair.Value.Span))
            .SingleOrDefault();
}
