using CsCheck;
using Sync.Mvcc.Commands;
using Sync.Mvcc.Leases;

namespace Sync.Mvcc.Tests.Leases;

public sealed class LessorTests
{
    private static readonly LeaseId One = new(1);
    private static readonly LeaseId Two = new(2);

    [Fact]
    public void A_lease_expires_at_its_deadline_and_not_before()
    {
        var lessor = LeaderOf((One, 10), (Two, 5));

        lessor.TakeExpired(4_999, 10).Should().BeEmpty();
        lessor.TakeExpired(5_000, 10).Should().Equal(Two);
        lessor.TakeExpired(9_999, 10).Should().Equal([Two], "its revocation is proposed again");
        lessor.TakeExpired(10_000, 10).Should().Equal(One);
    }

    [Fact]
    public void Expired_leases_are_taken_earliest_first_and_a_few_at_a_time()
    {
        var lessor = LeaderOf([.. Enumerable.Range(1, 5).Select(id => (new LeaseId(id), 10L - id))]);

        lessor.TakeExpired(60_000, 3).Select(lease => lease.Value).Should().Equal(5, 4, 3);
        lessor.TakeExpired(60_000, 3).Select(lease => lease.Value).Should().Equal(2, 1);
        lessor.TakeExpired(62_999, 3).Should().BeEmpty("revocations are under way");
        lessor.TakeExpired(63_000, 9).Should().HaveCount(5);
    }

    [Fact]
    public void A_revocation_that_was_accepted_is_not_proposed_again_by_the_same_leader()
    {
        var lessor = LeaderOf((One, 10), (Two, 10));
        lessor.TakeExpired(10_000, 10).Should().Equal(One, Two);

        lessor.RevocationAccepted(One);

        lessor.TakeExpired(13_000, 10).Should().Equal([Two], "only its revocation was refused");
        lessor.RevocationAccepted(Two);
        lessor.TakeExpired(1_000_000, 10).Should().BeEmpty("both stand in the log");
    }

    [Fact]
    public void A_revocation_that_was_accepted_is_due_again_under_the_next_leadership()
    {
        var lessor = LeaderOf((One, 10));
        lessor.TakeExpired(10_000, 10);
        lessor.RevocationAccepted(One);

        lessor.Demote();
        lessor.Promote(20_000, extensionMilliseconds: 0);

        lessor.TakeExpired(29_999, 10).Should().BeEmpty();
        lessor.TakeExpired(30_000, 10).Should().Equal(One);
    }

    [Fact]
    public void A_revocation_that_was_applied_without_effect_is_proposed_again()
    {
        var lessor = LeaderOf((One, 10));
        lessor.TakeExpired(10_000, 10);
        lessor.RevocationAccepted(One);
        lessor.TakeExpired(13_000, 10).Should().BeEmpty();

        lessor.RevocationRefused(One);

        lessor.TakeExpired(16_000, 10).Should().Equal(One);
        lessor.TakeExpired(16_001, 10).Should().BeEmpty("it is taken once");
    }

    [Fact]
    public void A_lease_that_takes_the_place_of_a_revoked_one_expires_by_its_own_time()
    {
        var lessor = LeaderOf((One, 10));
        lessor.TakeExpired(10_000, 10);
        lessor.RevocationAccepted(One);
        lessor.Revoked(One);

        lessor.Granted(One, 10, nowMilliseconds: 12_000);

        lessor.TakeExpired(21_999, 10).Should().BeEmpty();
        lessor.TakeExpired(22_000, 10).Should().Equal(One);
    }

    [Fact]
    public void A_renewal_gives_the_whole_time_again()
    {
        var lessor = LeaderOf((One, 10));

        lessor.Renew(One, 9_000).Should().Be(new Renewal(RenewalKind.Renewed, 10));

        lessor.RemainingSeconds(One, 9_001).Should().Be(9);
        lessor.TakeExpired(18_999, 1).Should().BeEmpty();
        lessor.TakeExpired(19_000, 1).Should().Equal(One);
    }

    [Fact]
    public void Who_is_not_there_or_too_late_is_not_renewed()
    {
        var lessor = LeaderOf((One, 10));

        lessor.Renew(Two, 0).Kind.Should().Be(RenewalKind.Unknown);
        lessor.Renew(One, 10_000).Kind.Should().Be(RenewalKind.Expired);
        lessor.Demote();
        lessor.Renew(One, 1).Kind.Should().Be(RenewalKind.NotLeader);
    }

    [Fact]
    public void Only_a_leader_lets_leases_expire()
    {
        var lessor = new Lessor(new LessorSettings());
        lessor.Granted(One, 1, nowMilliseconds: 0);

        lessor.TakeExpired(100_000, 10).Should().BeEmpty();
        lessor.NextExpiryMilliseconds.Should().BeNull();
        lessor.RemainingSeconds(One, 0).Should().BeNull();
    }

    [Fact]
    public void A_new_leader_gives_each_lease_its_whole_or_remaining_time_from_its_promotion()
    {
        var lessor = new Lessor(new LessorSettings());
        lessor.Load([new LeaseState(One, 100, 0), new LeaseState(Two, 100, 40)]);

        lessor.Promote(nowMilliseconds: 1_000, extensionMilliseconds: 500);

        lessor.RemainingSeconds(One, 1_500).Should().Be(100);
        lessor.RemainingSeconds(Two, 1_500).Should().Be(40);
        lessor.List().Should().BeEquivalentTo([new ListedLease(41_500, Two), new ListedLease(101_500, One)]);
        lessor.NextExpiryMilliseconds.Should().Be(41_500);
    }

    [Fact]
    public void A_long_quiet_lease_is_written_down_rounded_up()
    {
        var lessor = LeaderOf((One, 600), (Two, 60));

        lessor.TakeCheckpoint(59_999, 10).Should().BeEmpty();
        lessor.TakeCheckpoint(60_001, 10).Should().Equal(new LeaseRemaining(One, 540));
        lessor.TakeCheckpoint(120_000, 10).Should().BeEmpty("a minute has not passed");
        lessor.TakeCheckpoint(120_001, 10).Should().Equal(new LeaseRemaining(One, 480));
    }

    [Fact]
    public void A_leases_last_minute_is_written_down_when_it_begins_and_not_again()
    {
        var lessor = LeaderOf((One, 120), (Two, 61));

        lessor.TakeCheckpoint(60_000, 10).Should().Equal(new LeaseRemaining(One, 60), new LeaseRemaining(Two, 1));
        lessor.TakeCheckpoint(120_000, 10).Should().BeEmpty();
    }

    [Fact]
    public void A_lease_that_is_over_is_not_written_down()
    {
        var lessor = LeaderOf((One, 61));

        lessor.TakeCheckpoint(61_000, 10).Should().BeEmpty();
    }

    [Fact]
    public void A_renewal_makes_a_written_down_time_void_first()
    {
        var lessor = LeaderOf((One, 600));
        var taken = lessor.TakeCheckpoint(60_000, 10);

        lessor.Renew(One, 61_000).Kind.Should().Be(RenewalKind.ClearCheckpointFirst, "it is on its way");
        lessor.Checkpointed(new LeaseCheckpointCommand(taken));
        lessor.Renew(One, 62_000).Kind.Should().Be(RenewalKind.ClearCheckpointFirst, "it has arrived");
        lessor.TakeCheckpoint(300_000, 10).Should().BeEmpty("a renewal waits");
        lessor.Checkpointed(new LeaseCheckpointCommand([new(One, 0)]));

        lessor.Renew(One, 300_001).Should().Be(new Renewal(RenewalKind.Renewed, 600));
        lessor.TakeCheckpoint(360_001, 10).Should().Equal(new LeaseRemaining(One, 540));
    }

    [Fact]
    public void What_was_never_applied_is_forgotten_with_the_leadership()
    {
        var lessor = LeaderOf((One, 600));
        lessor.TakeCheckpoint(60_000, 10);

        lessor.Demote();
        lessor.Promote(70_000, 0);

        lessor.RemainingSeconds(One, 70_000).Should().Be(600);
        lessor.Renew(One, 70_001).Kind.Should().Be(RenewalKind.Renewed);
    }

    [Fact]
    public void Time_left_is_whole_seconds_rounded_down()
    {
        var lessor = LeaderOf((One, 10));

        lessor.RemainingSeconds(One, 1).Should().Be(9);
        lessor.RemainingSeconds(One, 10_000).Should().Be(0);
        lessor.RemainingSeconds(One, 10_001).Should().Be(-1);
    }

    [Fact]
    public void The_shortest_time_to_live_is_one_and_a_half_elections()
    {
        LeaseTtl.ShortestFor(1_000).Should().Be(2);
        LeaseTtl.ShortestFor(2_000).Should().Be(3);
        LeaseTtl.ShortestFor(100).Should().Be(1);
    }

    /// <summary>
    /// Two members take turns to lead; checkpoints are applied late or lost. Whatever happens, no lease is
    /// expired before the time that was promised for it, and each is expired in the end.
    /// </summary>
    [Fact]
    public void No_lease_ends_before_the_time_that_was_promised()
    {
        var act = Gen.Select(Gen.Int[0, 9], Gen.Long[1, 4], Gen.Int[0, 40_000]);
        act.Array[1, 80].Sample(
            acts =>
            {
                var group = new Group();
                foreach (var (kind, lease, pause) in acts)
                {
                    group.Take(kind, new LeaseId(lease), pause);
                }

                group.ExpireAll();
            },
            iter: 10_000);
    }

    private static Lessor LeaderOf(params (LeaseId Id, long Ttl)[] leases)
    {
        var lessor = new Lessor(new LessorSettings());
        lessor.Promote(nowMilliseconds: 0, extensionMilliseconds: 0);
        foreach (var (id, ttl) in leases)
        {
            lessor.Granted(id, ttl, nowMilliseconds: 0);
        }

        return lessor;
    }

    /// <summary>Two members and the log between them.</summary>
    private sealed class Group
    {
        private static readonly LessorSettings Settings = new() { CheckpointIntervalMilliseconds = 20_000 };

        private readonly Lessor[] _members = [new(Settings), new(Settings)];
        private readonly Queue<LeaseCheckpointCommand> _log = [];
        private readonly Dictionary<LeaseId, long> _promised = [];
        private int _leader;
        private long _now;

        public Group() => _members[0].Promote(0, 0);

        private Lessor Leader => _members[_leader];

        public void Take(int kind, LeaseId lease, int pause)
        {
            _now += pause;
            switch (kind)
            {
                case 0 or 1:
                    Grant(lease);
                    break;
                case 2 or 3 or 4:
                    Renew(lease);
                    break;
                case 5:
                    _log.Enqueue(new LeaseCheckpointCommand(Leader.TakeCheckpoint(_now, 2)));
                    break;
                case 6:
                    ApplyAll();
                    break;
                case 7:
                    ChangeLeader(losesLog: false);
                    break;
                case 8:
                    ChangeLeader(losesLog: true);
                    break;
                default:
                    Expire();
                    break;
            }
        }

        public void ExpireAll()
        {
            ApplyAll();
            _now += 1_000_000;
            while (_promised.Count > 0)
            {
                Leader.NextExpiryMilliseconds.Should().BeLessThan(_now);
                Expire();
            }

            Leader.Count.Should().Be(0);
        }

        private void Grant(LeaseId lease)
        {
            if (!_promised.ContainsKey(lease))
            {
                ApplyAll();
                var ttl = 5 + (lease.Value * 25);
                foreach (var member in _members)
                {
                    member.Granted(lease, ttl, _now);
                }

                _promised[lease] = _now + (ttl * 1000);
            }
        }

        private void Renew(LeaseId lease)
        {
            var renewal = Leader.Renew(lease, _now);
            if (renewal.Kind == RenewalKind.ClearCheckpointFirst)
            {
                _log.Enqueue(new LeaseCheckpointCommand([new(lease, 0)]));
            }
            else if (renewal.Kind == RenewalKind.Renewed)
            {
                _promised[lease] = _now + (renewal.TtlSeconds * 1000);
            }
            else
            {
                var isPast = _promised.TryGetValue(lease, out var promised) && promised <= _now;
                (isPast || renewal.Kind == RenewalKind.Unknown).Should().BeTrue("only a late one is not renewed");
            }
        }

        private void ApplyAll()
        {
            while (_log.TryDequeue(out var checkpoint))
            {
                _members[0].Checkpointed(checkpoint);
                _members[1].Checkpointed(checkpoint);
            }
        }

        private void ChangeLeader(bool losesLog)
        {
            if (losesLog)
            {
                _log.Clear();
            }

            ApplyAll();
            Leader.Demote();
            _leader = 1 - _leader;
            Leader.Promote(_now, 0);
        }

        private void Expire()
        {
            foreach (var lease in Leader.TakeExpired(_now, 3))
            {
                if (_promised[lease] > _now)
                {
                    throw new InvalidOperationException($"{lease} was promised until {_promised[lease]}, not {_now}");
                }

                _promised.Remove(lease);
                ApplyAll();
                _members[0].Revoked(lease);
                _members[1].Revoked(lease);
            }
        }
    }
}
