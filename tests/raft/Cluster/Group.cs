using Sync.Raft.Membership;
using Sync.Raft.Messages;
using Sync.Raft.Proposals;
using Sync.Raft.Roles;

namespace Sync.Raft.Tests.Cluster;

/// <summary>
/// A group whose members, disks and network do what the test says, and nothing by themselves.
/// </summary>
internal sealed class Group
{
    // Far more than any settled exchange needs.
    private const int RoundsMax = 200_000;

    private readonly SortedDictionary<MemberId, Member> _members = [];
    private readonly HashSet<(MemberId From, MemberId To)> _cuts = [];
    private readonly List<Message> _network = [];

    public Group(int voters, Func<ConsensusSettings, ConsensusSettings>? adjust = null, int seed = 1)
    {
        var ids = Enumerable.Range(1, voters).Select(Id).ToList();
        var configuration = new GroupConfiguration(ids);
        foreach (var id in ids)
        {
            var settings = new ConsensusSettings { Member = id };
            settings = adjust?.Invoke(settings) ?? settings;
            _members.Add(id, new Member(settings, configuration, seed + (int)id.Value));
        }
    }

    /// <summary>Called with each thing that happens, in order.</summary>
    public Action<string> Trace { get; set; } = static _ => { };

    /// <summary>Called with each message that a member sends.</summary>
    public Action<Message> Sent { get; set; } = static _ => { };

    public IReadOnlyCollection<Member> Members => _members.Values;

    public IReadOnlyList<Message> Network => _network;

    public Member this[int member] => _members[Id(member)];

    /// <summary>A group that elected member 1 and settled.</summary>
    public static Group LedByFirst(int voters, Func<ConsensusSettings, ConsensusSettings>? adjust = null)
    {
        var group = new Group(voters, adjust);
        group[1].Core.Campaign();
        group.Settle();
        group[1].Core.Role.Should().Be(RoleKind.Leader);
        return group;
    }

    public static MemberId Id(int member) => new((ulong)member);

    /// <summary>Proposes one payload and expects it to be taken.</summary>
    public LogIndex Propose(int member, string payload) =>
        this[member].Core.Propose(System.Text.Encoding.UTF8.GetBytes(payload))
            .Should().BeOfType<ProposalOutcome.Accepted>().Subject.FirstIndex;

    /// <summary>Takes a Ready of a member and sends what may be sent at once.</summary>
    public Ready Turn(Member member)
    {
        var ready = member.Turn();
        foreach (var line in TraceText.Of(ready))
        {
            Trace($"{member.Id} {line}");
        }

        Send(ready.Messages);
        return ready;
    }

    /// <summary>Makes the oldest write of a member durable and sends what waited for it.</summary>
    public void Persist(Member member)
    {
        Trace($"{member.Id} persisted");
        Send(member.Persist());
    }

    /// <summary>Puts messages on the network; what crosses a cut is lost.</summary>
    public void Send(IEnumerable<Message> messages)
    {
        foreach (var message in messages)
        {
            Sent(message);
            if (_cuts.Contains((message.From, message.To)))
            {
                Trace($"lost {TraceText.Of(message)}");
            }
            else
            {
                _network.Add(message);
            }
        }
    }

    /// <summary>Delivers a message of the network.</summary>
    /// <param name="position">Its place, 0 for the oldest.</param>
    public void DeliverAt(int position)
    {
        var message = Take(position);
        Trace(TraceText.Of(message));
        _members[message.To].Receive(message);
    }

    /// <summary>Delivers the messages that satisfy a condition, in order.</summary>
    public void Deliver(Predicate<Message> condition)
    {
        while (_network.FindIndex(condition) is var position and >= 0)
        {
            DeliverAt(position);
        }
    }

    /// <summary>Loses a message of the network.</summary>
    public void DropAt(int position) => Trace($"dropped {TraceText.Of(Take(position))}");

    /// <summary>Loses the messages that satisfy a condition.</summary>
    public void Drop(Predicate<Message> condition)
    {
        while (_network.FindIndex(condition) is var position and >= 0)
        {
            DropAt(position);
        }
    }

    /// <summary>Doubles a message of the network.</summary>
    public void DoubleAt(int position) => _network.Add(_network[position]);

    /// <summary>Loses all messages between a member and the others from now on.</summary>
    public void Isolate(int member)
    {
        foreach (var other in _members.Keys.Where(other => other != Id(member)))
        {
            _cuts.Add((Id(member), other));
            _cuts.Add((other, Id(member)));
        }
    }

    /// <summary>Loses all messages from one member to another from now on.</summary>
    public void Cut(int from, int to) => _cuts.Add((Id(from), Id(to)));

    /// <summary>Ends all cuts.</summary>
    public void Heal() => _cuts.Clear();

    /// <summary>Takes Readys, finishes writes and delivers messages until nothing is left to do.</summary>
    /// <param name="members">Those that take part, all if none is named; messages for others wait.</param>
    public void Settle(params int[] members)
    {
        var taking = members.Length == 0
            ? [.. _members.Values]
            : members.Select(member => this[member]).ToList();
        for (var round = 0; round < RoundsMax; round++)
        {
            if (taking.Find(member => member.Core.HasReady) is { } ready)
            {
                Turn(ready);
            }
            else if (taking.Find(member => member.HasWrites) is { } writing)
            {
                Persist(writing);
            }
            else if (_network.FindIndex(IsForOneTaking) is var first and >= 0)
            {
                DeliverAt(first);
            }
            else
            {
                return;
            }
        }

        Assert.Fail($"The group did not settle in {RoundsMax} rounds.");

        bool IsForOneTaking(Message message) => taking.Exists(member => member.Id == message.To);
    }

    /// <summary>Lets time pass for a member, settling after each tick.</summary>
    public void Tick(int member, int ticks = 1)
    {
        for (var tick = 0; tick < ticks; tick++)
        {
            this[member].Core.Tick();
            Settle();
        }
    }

    private Message Take(int position)
    {
        var message = _network[position];
        _network.RemoveAt(position);
        return message;
    }
}
