using Sync.Raft.Membership;
using Sync.Raft.Messages;
using Sync.Raft.Proposals;
using Sync.Raft.Roles;
using Sync.Raft.Snapshots;

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
    private readonly List<SnapshotStream> _streams = [];
    private readonly Func<ConsensusSettings, ConsensusSettings>? _adjust;
    private readonly int _seed;

    public Group(int voters, Func<ConsensusSettings, ConsensusSettings>? adjust = null, int seed = 1)
    {
        (_adjust, _seed) = (adjust, seed);
        var ids = Enumerable.Range(1, voters).Select(Id).ToList();
        foreach (var id in ids)
        {
            Add(id, new GroupConfiguration(ids));
        }
    }

    /// <summary>Called with each thing that happens, in order.</summary>
    public Action<string> Trace { get; set; } = static _ => { };

    /// <summary>Called with each message that a member sends.</summary>
    public Action<Message> Sent { get; set; } = static _ => { };

    public IReadOnlyCollection<Member> Members => _members.Values;

    public IReadOnlyList<Message> Network => _network;

    /// <summary>Snapshots on their way.</summary>
    public IReadOnlyList<SnapshotStream> Streams => _streams;

    public Member this[int member] => _members[Id(member)];

    /// <summary>A group that elected member 1 and settled.</summary>
    public static Group LedByFirst(int voters, Func<ConsensusSettings, ConsensusSettings>? adjust = null)
    {
        var group = new Group(voters, adjust);

        // Who keeps leases turns candidates away at first.
        for (var tick = 0; group[1].Settings.LeaseReads && tick < group[1].Settings.ElectionTicks; tick++)
        {
            foreach (var member in group.Members)
            {
                member.Core.Tick();
            }
        }

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

    /// <summary>Starts a member that holds nothing and knows nobody; it waits to be added.</summary>
    public Member Join(int member) => Add(Id(member), GroupConfiguration.Unknown);

    /// <summary>Proposes a change and expects it to be taken.</summary>
    public void Change(int member, params MemberChange[] changes) =>
        this[member].Core.Propose(new ConfigurationChange([.. changes], ChangeTransition.Automatic, default))
            .Should().BeOfType<ProposalOutcome.Accepted>();

    /// <summary>Takes a Ready of a member and sends what may be sent at once.</summary>
    public Ready Turn(Member member)
    {
        var ready = member.Turn();
        foreach (var line in TraceText.Of(ready))
        {
            Trace($"{member.Id} {line}");
        }

        Send(ready.Messages);
        foreach (var need in ready.SnapshotNeeds)
        {
            Expect.That(
                member.Image.Header.Index >= need.IndexMin, () => "a state that is asked for is there");
            _streams.Add(new SnapshotStream(member.Id, need, member.Image));
        }

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
            if (IsCut(message.From, message.To))
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

    /// <summary>Ends a stream: its image is whole on the follower's disk, or it is lost on a cut.</summary>
    /// <param name="position">Its place, 0 for the oldest.</param>
    public void EndStreamAt(int position)
    {
        var stream = _streams[position];
        if (IsCut(stream.From, stream.Need.Follower))
        {
            FailStreamAt(position);
            return;
        }

        _streams.RemoveAt(position);
        var verdict = _members[stream.Need.Follower].Offer(stream);
        Trace($"{TraceText.Of(stream.Offer)}: {verdict}");
        _members[stream.From].Core.ReportSnapshot(
            stream.Need.Follower, new SnapshotOutcome.Delivered(stream.Image.Header.Index));
    }

    /// <summary>Loses a stream.</summary>
    /// <param name="position">Its place, 0 for the oldest.</param>
    public void FailStreamAt(int position)
    {
        var stream = _streams[position];
        _streams.RemoveAt(position);
        Trace($"{TraceText.Of(stream.Offer)}: failed");
        _members[stream.From].Core.ReportSnapshot(stream.Need.Follower, new SnapshotOutcome.Failed());
    }

    /// <summary>Forgets the streams of a member that crashed.</summary>
    public void ForgetStreamsOf(MemberId member) => _streams.RemoveAll(stream => stream.From == member);

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
            else if (_streams.FindIndex(IsBetweenTaking) is var stream and >= 0)
            {
                EndStreamAt(stream);
            }
            else
            {
                return;
            }
        }

        Assert.Fail($"The group did not settle in {RoundsMax} rounds.");

        bool IsTaking(MemberId id) => taking.Exists(member => member.Id == id);
        bool IsForOneTaking(Message message) => IsTaking(message.To);
        bool IsBetweenTaking(SnapshotStream stream) => IsTaking(stream.From) && IsTaking(stream.Need.Follower);
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

    // Who was never started receives nothing.
    private bool IsCut(MemberId from, MemberId to) => _cuts.Contains((from, to)) || !_members.ContainsKey(to);

    private Member Add(MemberId id, GroupConfiguration configuration)
    {
        var settings = new ConsensusSettings { Member = id };
        settings = _adjust?.Invoke(settings) ?? settings;
        var member = new Member(settings, configuration, _seed + (int)id.Value);
        _members.Add(id, member);
        return member;
    }

    private Message Take(int position)
    {
        var message = _network[position];
        _network.RemoveAt(position);
        return message;
    }
}
