using System.Text;
using Sync.Member.Forwarding;
using Sync.Member.Membership;
using Sync.Member.Proposals;
using Sync.Member.Turns;
using Sync.Mvcc;
using Sync.Mvcc.Commands;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Leases;
using Sync.Mvcc.Tests;
using Sync.Raft;
using Sync.Raft.Membership;
using Sync.Raft.Messages;
using Sync.Raft.Roles;

namespace Sync.Member.Tests.Forwarding;

/// <summary>Three members whose messages the test may lose, double or hold; their disks sync at once.</summary>
internal sealed class MemberTrio
{
    private const int TickMilliseconds = 100;

    private readonly Node[] _nodes;
    private readonly List<object> _wire = [];
    private ulong _lastRequest;
    private long _now;

    public MemberTrio(int seed = 1) =>
        _nodes = [.. Enumerable.Range(1, 3).Select(id => new Node((ulong)id, seed))];

    /// <summary>Whether a message from one member to another arrives; by default all do.</summary>
    public Func<ulong, ulong, object, bool> Delivers { get; set; } = (_, _, _) => true;

    /// <summary>Whether a message arrives twice.</summary>
    public Func<object, bool> Doubles { get; set; } = _ => false;

    public Dictionary<RequestId, Result<Outcome>> Answers { get; } = [];

    public Dictionary<RequestId, RequestFailure> Failures { get; } = [];

    public Dictionary<RequestId, long> LeaseTimes { get; } = [];

    /// <summary>The member that leads in the latest term, 0 when none does.</summary>
    public ulong Leader => _nodes.Where(node => node.Member.Status.Role == RoleKind.Leader)
        .OrderByDescending(node => node.Member.Status.Term).Select(node => node.Id).FirstOrDefault();

    /// <summary>The members that do not lead.</summary>
    public IReadOnlyList<ulong> Followers => [.. _nodes.Select(node => node.Id).Where(id => id != Leader)];

    public static MemberTrio Led(int seed = 1)
    {
        var trio = new MemberTrio(seed);
        trio.Elapse(ticks: 40);
        trio.Leader.Should().NotBe(0UL, "nothing disturbs the election");
        return trio;
    }

    public MemberStatus StatusOf(ulong id) => Of(id).Member.Status;

    public KeyspaceView ViewOf(ulong id) => Of(id).Keyspace.View;

    public RequestId Propose(ulong at, Command command)
    {
        Of(at).Member.Propose(NextRequest(), MemberCommandCodec.Encode(command));
        return new RequestId(_lastRequest);
    }

    public RequestId Read(ulong at)
    {
        Of(at).Member.Read(NextRequest());
        return new RequestId(_lastRequest);
    }

    public RequestId Renew(ulong at, LeaseId lease)
    {
        Of(at).Member.Renew(NextRequest(), lease);
        return new RequestId(_lastRequest);
    }

    public RequestId AskRemaining(ulong at, LeaseId lease)
    {
        Of(at).Member.AskRemaining(NextRequest(), lease);
        return new RequestId(_lastRequest);
    }

    public TransferOutcome TransferLeadership(ulong successor) =>
        Of(Leader).Member.TransferLeadership(new MemberId(successor));

    public ulong? FindSuccessor() => Of(Leader).Member.FindSuccessor()?.Value;

    /// <summary>The leader hears that a message to a member was dropped.</summary>
    public void ReportUnreachable(ulong id) => Of(Leader).Member.ReportUnreachable(new MemberId(id));

    public long VersionOf(ulong at, string key) =>
        ViewOf(at).Range(new RangeQuery(KeyRange.Exactly(Encoding.UTF8.GetBytes(key)))).Value.Pairs
            .Select(pair => pair.Version).SingleOrDefault();

    /// <summary>Lets no message of a member through, nor any to it.</summary>
    public void CutOff(ulong id) => Delivers = (from, to, _) => from != id && to != id;

    public void Heal() => Delivers = (_, _, _) => true;

    /// <summary>Lets time pass, with everything in between settled.</summary>
    public void Elapse(int ticks)
    {
        for (var tick = 0; tick < ticks; tick++)
        {
            _now += TickMilliseconds;
            foreach (var node in _nodes)
            {
                node.Member.Tick(_now);
            }

            Settle();
        }
    }

    /// <summary>Takes turns and delivers messages until nothing is left to do.</summary>
    public void Settle()
    {
        do
        {
            foreach (var node in _nodes)
            {
                node.TakeTurn(this);
            }

            Deliver();
        }
        while (_wire.Count > 0 || _nodes.Any(node => node.Member.NeedsTurn));
    }

    private void Deliver()
    {
        var sent = _wire.ToList();
        _wire.Clear();
        foreach (var message in sent)
        {
            var (from, to) = Ends(message);
            for (var copy = 0; Delivers(from, to, message) && copy < (Doubles(message) ? 2 : 1); copy++)
            {
                Of(to).Receive(message);
            }
        }
    }

    private static (ulong From, ulong To) Ends(object message) => message switch
    {
        Message raft => (raft.From.Value, raft.To.Value),
        MemberMessage member => (member.From.Value, member.To.Value),
        _ => throw new InvalidOperationException($"{message} is no message."),
    };

    private Node Of(ulong id) => _nodes[(int)id - 1];

    private RequestId NextRequest() => new(++_lastRequest);

    private void Note(MemberTurn turn)
    {
        foreach (var applied in turn.Applied)
        {
            Answers.Add(applied.Request, applied.Outcome);
        }

        foreach (var (request, failure) in turn.Failed)
        {
            Failures.Add(request, failure);
        }

        foreach (var (request, seconds) in turn.Renewals)
        {
            LeaseTimes.Add(request, seconds);
        }

        foreach (var (request, seconds) in turn.Remainders)
        {
            LeaseTimes.Add(request, seconds);
        }
    }

    private sealed class Node
    {
        private static readonly MemberId[] Voters = [new(1), new(2), new(3)];

        private readonly DurableLog _log = new();

        public Node(ulong id, int seed)
        {
            Id = id;
            var members = new ClusterMembers(Voters.Select(voter => new ClusterMember(voter, "", [$"http://{voter}"], [])));
            var image = new MemberImage(LogIndex.None, Term.None, new GroupConfiguration(Voters), members, KeyspaceImage.Fresh);
            Keyspace = Keyspace.Restore(new KeyspaceSettings(), new MemoryChangeStore(), image.Keyspace, []);
            var consensus = new Consensus(
                new ConsensusSettings { Member = new MemberId(id) }, HardState.Initial, new GroupConfiguration(Voters),
                _log, image.Applied, new Random(seed + (int)id));
            var settings = new MemberSettings
            {
                Self = new ClusterMember(new MemberId(id), $"m{id}", [$"http://{id}"], [$"http://client{id}"]),
                RequestTimeoutTicks = 70,
                ReadRetryTicks = 5,
                LeaseCheckTicks = 5,
                LeaseExtensionMilliseconds = 1000,
                Run = id,
            };
            Member = new GroupMember(settings, consensus, Keyspace, image, nowMilliseconds: 0);
        }

        public ulong Id { get; }

        public Keyspace Keyspace { get; }

        public GroupMember Member { get; }

        public void Receive(object message)
        {
            switch (message)
            {
                case Message raft:
                    Member.Receive(raft);
                    break;
                case MemberMessage member:
                    Member.Receive(member);
                    break;
            }
        }

        public void TakeTurn(MemberTrio trio)
        {
            var turn = Member.TakeTurn(Revision.Last);
            if (turn.Ready is { } ready)
            {
                trio._wire.AddRange(ready.Messages);
                _log.Sync(ready);
                if (ready.MustSync)
                {
                    Member.Written(ready.Number);
                }

                trio._wire.AddRange(ready.MessagesAfterPersist);
            }

            trio._wire.AddRange(turn.Messages);
            trio.Note(turn);
            Member.FinishTurn();
        }
    }
}
