using System.Globalization;
using System.Text;
using Sync.Raft.Membership;
using Sync.Raft.Reads;
using Sync.Raft.Roles;
using Sync.Raft.Tests.Cluster;

namespace Sync.Raft.Tests.Randomized;

/// <summary>
/// One life of a group under faults, all of it decided by a seed: messages are lost, doubled and reordered,
/// links are cut, writes are slow, members stop at any moment and forget what was not durable, join and leave, fall
/// behind and get snapshots. At the end everything heals and the group must work again.
/// </summary>
internal sealed class RandomRun
{
    // What an election needs in a healthy group, with room for split votes.
    private const int TimeoutsToHeal = 20;
    private const int TraceLinesMax = 400;
    private const int MembersMax = 8;

    private readonly int _seed;
    private readonly int _voters;
    private readonly Random _random;
    private readonly Group _group;
    private readonly SafetyObserver _observer;
    private readonly Queue<string> _trace = new();
    private readonly double _loss;
    private readonly double _doubling;
    private readonly double _reordering;
    private readonly double _crashes;
    private readonly double _cuts;
    private readonly bool _changes;
    private readonly bool _ticksTogether;
    private ulong _proposals;
    private ulong _reads;

    public RandomRun(int voters, int seed)
    {
        (_voters, _seed) = (voters, seed);
        _random = new Random(seed);
        _loss = Pick(0, 0.02, 0.2);
        _doubling = Pick(0, 0.02, 0.2);
        _reordering = Pick(0, 0.1, 1);
        _crashes = Pick(0, 0.002, 0.02);
        _cuts = Pick(0, 0.002, 0.01);
        _changes = Pick(true, true, false);
        _ticksTogether = Pick(true, false);
        _group = new Group(voters, Adjust, seed) { Trace = Remember };
        _observer = new SafetyObserver(_group);
    }

    public SafetyObserver Observer => _observer;

    /// <summary>How many snapshots were installed.</summary>
    public int Snapshots => _group.Members.Sum(member => member.Installed);

    public void Run(int steps)
    {
        try
        {
            for (var step = 0; step < steps; step++)
            {
                Step();
            }

            _observer.LogsMatch();
            Heal();
            _observer.LogsMatch();
        }
        catch (Exception fault) when (fault is Xunit.Sdk.XunitException or InvariantException)
        {
            Assert.Fail($"{_voters} voters, seed {_seed}: {fault.Message}\n"
                + $"Replay: SYNC_RAFT_SEEDS={_seed}-{_seed} dotnet test tests/raft --filter RandomRunTests\n"
                + string.Join('\n', _trace));
        }
    }

    private ConsensusSettings Adjust(ConsensusSettings settings) => settings with
    {
        PreVote = Pick(true, true, false),

        // A lease trusts that clocks run alike, and that all members keep it.
        LeaseReads = _ticksTogether,
        CheckQuorum = _ticksTogether || Pick(true, true, false),
        DiskStallTicksMax = Pick(0, 3, 20),
        MessageBytesMax = Pick(1, 60, 1024 * 1024),
        InflightMessagesMax = Pick(1, 3, 256),
        InflightBytesMax = Pick(1, 100, 16 * 1024 * 1024),
        HeartbeatTicks = Pick(1, 1, 3),
        ApplyBytesMax = Pick(1, 100, 1024 * 1024),
        UncommittedBytesMax = Pick(20, 1024 * 1024, 1024 * 1024),
    };

    private void Step()
    {
        var member = AnyMember();
        var choice = _random.NextDouble();
        if (choice < _crashes)
        {
            Crash(member);
        }
        else if (choice < _crashes + _cuts)
        {
            CutOrHeal();
        }
        else
        {
            Work(member);
        }

        _observer.Observe(member);
    }

    private void Work(Member member)
    {
        switch (_random.Next(100))
        {
            case < 40 when _group.Network.Count > 0:
                MoveMessage();
                break;
            case < 65 when member.Core.HasReady:
                _group.Turn(member);
                break;
            case < 85 when member.HasWrites:
                _group.Persist(member);
                break;
            case < 91:
                Tick(member);
                break;
            case < 96:
                Propose(member);
                break;
            case < 98:
                Read(member);
                break;
            default:
                DoSomethingRare(member);
                break;
        }
    }

    private void Tick(Member member)
    {
        if (!_ticksTogether)
        {
            member.Core.Tick();
            return;
        }

        // As many ticks in all, so that the runs are alike.
        if (_random.Next(_group.Members.Count) == 0)
        {
            foreach (var each in _group.Members)
            {
                each.Core.Tick();
                _observer.Observe(each);
            }
        }
    }

    private void MoveMessage()
    {
        var position = _random.NextDouble() < _reordering ? _random.Next(_group.Network.Count) : 0;
        var choice = _random.NextDouble();
        if (choice < _loss)
        {
            _group.DropAt(position);
            return;
        }

        if (choice < _loss + _doubling)
        {
            _group.DoubleAt(position);
        }

        var receiver = _group.Network[position].To;
        _group.DeliverAt(position);
        _observer.Observe(_group[(int)receiver.Value]);
    }

    private void Propose(Member member)
    {
        var payloads = new ReadOnlyMemory<byte>[1 + _random.Next(3)];
        for (var position = 0; position < payloads.Length; position++)
        {
            var text = (++_proposals).ToString(CultureInfo.InvariantCulture);
            payloads[position] = Encoding.UTF8.GetBytes(text);
        }

        member.Core.Propose(payloads);
    }

    private void Read(Member member)
    {
        var read = new ReadContext(++_reads);
        _observer.Asks(read);
        member.Core.ReadIndex(read);
    }

    private void DoSomethingRare(Member member)
    {
        var other = AnyMember().Id;
        switch (_random.Next(7))
        {
            case 0:
                Remember($"{member.Id} campaigns");
                member.Core.Campaign();
                break;
            case 1:
                Remember($"{member.Id} hands over to {other}");
                member.Core.TransferLeadership(other);
                break;
            case 2:
                member.Core.ReportUnreachable(other);
                break;
            case 3:
                var applied = member.Core.Status.Applied.Value;
                member.Compact(new LogIndex(applied - Math.Min(applied, (ulong)_random.Next(10))));
                break;
            case < 6 when _group.Streams.Count > 0:
                MoveSnapshot();
                break;
            default:
                Change();
                break;
        }
    }

    private void MoveSnapshot()
    {
        var position = _random.Next(_group.Streams.Count);
        var receiver = _group.Streams[position].Need.Follower;
        if (_random.NextDouble() < _loss)
        {
            _group.FailStreamAt(position);
        }
        else
        {
            _group.EndStreamAt(position);
        }

        _observer.Observe(_group[(int)receiver.Value]);
    }

    // Also one that is a leader no more and does not know.
    private void Change()
    {
        var leaders = _group.Members.Where(each => each.Core.Role == RoleKind.Leader).ToList();
        if (!_changes || leaders.Count == 0)
        {
            return;
        }

        var member = leaders[_random.Next(leaders.Count)];

        var changes = new MemberChange[_random.Next(10) == 0 ? 0 : Pick(1, 1, 1, 2, 3)];
        foreach (ref var change in changes.AsSpan())
        {
            change = AnyChange();
        }

        var outcome = member.Core.Propose(new ConfigurationChange(
            [.. changes],
            Pick(ChangeTransition.Automatic, ChangeTransition.Automatic, ChangeTransition.JointUntilTold),
            changes.Length > 0 && _random.Next(10) == 0 ? Member.Forbidden : default));
        Remember($"{member.Id} is to change {string.Join(' ', changes)}: {outcome}");
    }

    // An id is not used again: who was removed stays so.
    private MemberChange AnyChange()
    {
        var known = _group.Members.Where(each => !_observer.Removed.Contains(each.Id)).ToList();
        var member = known[_random.Next(known.Count)].Id;
        if (known.Count < 3 || (_random.Next(3) == 0 && _group.Members.Count < MembersMax))
        {
            member = _group.Join(_group.Members.Count + 1).Id;
            return Pick(MemberChange.AddVoter(member), MemberChange.AddLearner(member));
        }

        return Pick(
            MemberChange.AddVoter(member), MemberChange.AddLearner(member), MemberChange.Remove(member));
    }

    private Member AnyMember() => _group[_random.Next(_group.Members.Count) + 1];

    private void Crash(Member member)
    {
        Remember($"{member.Id} crashes");
        _group.ForgetStreamsOf(member.Id);
        member.Crash(_random.Next(member.Writes + 1), _random.Next(3));
    }

    private void CutOrHeal()
    {
        if (_random.Next(2) == 0)
        {
            Remember("all links heal");
            _group.Heal();
        }
        else if (_random.Next(2) == 0)
        {
            _group.Isolate((int)AnyMember().Id.Value);
        }
        else
        {
            _group.Cut((int)AnyMember().Id.Value, (int)AnyMember().Id.Value);
        }
    }

    private void Heal()
    {
        Remember("everything heals");
        _group.Heal();
        var electionTicks = _group[1].Settings.ElectionTicks;
        for (var tick = 0; tick < TimeoutsToHeal * electionTicks; tick++)
        {
            foreach (var member in _group.Members)
            {
                RefuseRemoved();
                member.Core.Tick();
                Settle();
            }
        }

        if (HealthyLeader().Core.Configuration.IsJoint)
        {
            HealthyLeader().Core.Propose(ConfigurationChange.LeaveJoint);
            Settle();
        }

        var leader = HealthyLeader();
        Expect.That(!leader.Core.Configuration.IsJoint, () => "a healthy group leaves a joint configuration");
        _group.Propose((int)leader.Id.Value, "last");
        Settle();
        foreach (var member in leader.Core.Configuration.Members)
        {
            var applied = _group[(int)member.Value].Applied;
            Expect.That(applied.Count == _observer.Committed.Count
                    && Encoding.UTF8.GetString(applied[^1].Payload.Span) == "last",
                () => $"{member} of a healthy group applies the last proposal");
        }
    }

    // A member refuses what one says that it knows to be removed: that one may not know, and want to lead.
    private void RefuseRemoved()
    {
        var knowing = _group.Members.Where(
            member => member.Core.Configuration != GroupConfiguration.Unknown);
        foreach (var member in knowing)
        {
            foreach (var removed in _observer.Removed.Where(each => !member.Core.Configuration.Contains(each)))
            {
                _group.Cut((int)removed.Value, (int)member.Id.Value);
            }
        }
    }

    private Member HealthyLeader()
    {
        var leader = _group.Members.SingleOrDefault(member =>
            member.Core.Role == RoleKind.Leader && member.Core.Configuration.IsVoter(member.Id));
        Expect.That(leader is not null, () => "a healthy group has a leader");
        return leader!;
    }

    private void Settle()
    {
        _group.Settle();
        foreach (var member in _group.Members)
        {
            _observer.Observe(member);
        }
    }

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];

    private void Remember(string line)
    {
        _trace.Enqueue(line);
        if (_trace.Count > TraceLinesMax)
        {
            _trace.Dequeue();
        }
    }
}
