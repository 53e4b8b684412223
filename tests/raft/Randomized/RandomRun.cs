using System.Globalization;
using System.Text;
using Sync.Raft.Reads;
using Sync.Raft.Roles;
using Sync.Raft.Tests.Cluster;

namespace Sync.Raft.Tests.Randomized;

/// <summary>
/// One life of a group under faults, all of it decided by a seed: messages are lost, doubled and reordered,
/// links are cut, writes are slow, members stop at any moment and forget what was not durable. At the end
/// everything heals and the group must work again.
/// </summary>
internal sealed class RandomRun
{
    // What an election needs in a healthy group, with room for split votes.
    private const int TimeoutsToHeal = 20;
    private const int TraceLinesMax = 200;

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
        _group = new Group(voters, Adjust, seed) { Trace = Remember };
        _observer = new SafetyObserver(_group);
    }

    public SafetyObserver Observer => _observer;

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
        CheckQuorum = Pick(true, true, false),
        MessageBytesMax = Pick(1, 60, 1024 * 1024),
        InflightMessagesMax = Pick(1, 3, 256),
        InflightBytesMax = Pick(1, 100, 16 * 1024 * 1024),
        HeartbeatTicks = Pick(1, 1, 3),
        ApplyBytesMax = Pick(1, 100, 1024 * 1024),
        UncommittedBytesMax = Pick(20, 1024 * 1024, 1024 * 1024),
    };

    private void Step()
    {
        var member = _group[_random.Next(_voters) + 1];
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
                member.Core.Tick();
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
        var other = Group.Id(_random.Next(_voters) + 1);
        switch (_random.Next(4))
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
            default:
                // Until snapshots are sent, only what all members have applied may go.
                member.Compact(_group.Members.Select(each => each.Core.Status.Applied).Min());
                break;
        }
    }

    private void Crash(Member member)
    {
        Remember($"{member.Id} crashes");
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
            _group.Isolate(_random.Next(_voters) + 1);
        }
        else
        {
            _group.Cut(_random.Next(_voters) + 1, _random.Next(_voters) + 1);
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
                member.Core.Tick();
                Settle();
            }
        }

        var leader = _group.Members.SingleOrDefault(member => member.Core.Role == RoleKind.Leader);
        Expect.That(leader is not null, () => "a healthy group has a leader");
        _group.Propose((int)leader!.Id.Value, "last");
        Settle();
        Expect.That(_group.Members.All(member => member.Applied.Count == _observer.Committed.Count
                && Encoding.UTF8.GetString(member.Applied[^1].Payload.Span) == "last"),
            () => "every member of a healthy group applies the last proposal");
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
