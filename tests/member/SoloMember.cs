using Sync.Member.Membership;
using Sync.Member.Proposals;
using Sync.Member.Turns;
using Sync.Mvcc;
using Sync.Mvcc.Commands;
using Sync.Mvcc.Leases;
using Sync.Mvcc.Tests;
using Sync.Raft;
using Sync.Raft.Membership;

namespace Sync.Member.Tests;

/// <summary>A group of one member on a disk and a clock of the test's own.</summary>
internal sealed class SoloMember
{
    public const int TickMilliseconds = 100;

    public static readonly ClusterMember Self =
        new(new MemberId(7), "solo", ["http://127.0.0.1:2380"], ["http://127.0.0.1:2379"]) { Version = new(3, 6) };

    private readonly Func<MemberSettings, MemberSettings> _adjust;
    private readonly DurableLog _log = new();
    private readonly Queue<Ready> _unsynced = new();
    private MemoryChangeStore _changes = new();
    private MemberImage _checkpoint = new(
        LogIndex.None, Term.None, new GroupConfiguration(Self.Id),
        new ClusterMembers(Self with { Name = "", ClientUrls = [], Version = null }), KeyspaceImage.Fresh);

    private MemoryChangeStore _checkpointChanges = new();
    private Keyspace _keyspace;
    private GroupMember _member;
    private ulong _lastRequest;
    private long _now;

    public SoloMember(Func<MemberSettings, MemberSettings>? adjust = null)
    {
        _adjust = adjust ?? (settings => settings);
        (_keyspace, _member) = Start();
    }

    public KeyspaceView View => _keyspace.View;

    public MemberStatus Status => _member.Status;

    public Dictionary<RequestId, Result<Outcome>> Answers { get; } = [];

    public HashSet<RequestId> ServedReads { get; } = [];

    public Dictionary<RequestId, long> Renewals { get; } = [];

    public Dictionary<RequestId, RequestFailure> Failures { get; } = [];

    public Dictionary<RequestId, ClusterRefusal?> Changes { get; } = [];

    public static SoloMember Leading(Func<MemberSettings, MemberSettings>? adjust = null)
    {
        var solo = new SoloMember(adjust);
        solo.Settle();
        return solo;
    }

    public RequestId Propose(Command command)
    {
        _member.Propose(NextRequest(), MemberCommandCodec.Encode(command));
        return new RequestId(_lastRequest);
    }

    public ClusterRefusal? Downgrade(ClusterVersion? target)
    {
        _member.Propose(NextRequest(), MemberCommandCodec.Encode(new MemberCommand.Downgrade(target)));
        Settle();
        return Changes[new RequestId(_lastRequest)];
    }

    public RequestId Read()
    {
        _member.Read(NextRequest());
        return new RequestId(_lastRequest);
    }

    public RequestId Renew(LeaseId lease)
    {
        _member.Renew(NextRequest(), lease);
        return new RequestId(_lastRequest);
    }

    public Result<Outcome> Apply(Command command)
    {
        var request = Propose(command);
        Settle();
        return Answers[request];
    }

    /// <summary>Takes turns and syncs the log until nothing is left to do.</summary>
    public void Settle()
    {
        do
        {
            TakeTurn();
            SyncAll();
        }
        while (_member.NeedsTurn);
        TakeTurn();
    }

    /// <summary>One turn; what it wants written waits for <see cref="SyncAll"/>.</summary>
    public void TakeTurn()
    {
        var turn = _member.TakeTurn(Revision.Last);
        if (turn.Ready is { } ready && (ready.Entries.Length > 0 || ready.HardState is not null))
        {
            _unsynced.Enqueue(ready);
        }

        Note(turn);
        _member.FinishTurn();
    }

    public void SyncAll()
    {
        while (_unsynced.TryDequeue(out var ready))
        {
            _log.Sync(ready);
            if (ready.MustSync)
            {
                _member.Written(ready.Number);
            }
        }
    }

    public void Elapse(TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromMilliseconds(TickMilliseconds))
        {
            _now += TickMilliseconds;
            _member.Tick(_now);
            Settle();
        }
    }

    public void TickWithoutDisk(int ticks)
    {
        for (var tick = 0; tick < ticks; tick++)
        {
            _now += TickMilliseconds;
            _member.Tick(_now);
            TakeTurn();
        }
    }

    /// <summary>Saves a checkpoint and drops the log that it holds.</summary>
    public void Checkpoint()
    {
        _checkpoint = _member.Image;
        _checkpointChanges = _changes.Copy();
        _log.DropThrough(_checkpoint.Applied);
    }

    /// <summary>Loses all that is not durable, and starts again from the checkpoint and the log.</summary>
    public void Crash()
    {
        _unsynced.Clear();
        _changes = _checkpointChanges.Copy();
        (_keyspace, _member) = Start();
        Settle();
    }

    private (Keyspace Keyspace, GroupMember Member) Start()
    {
        var keyspace = Keyspace.Restore(new KeyspaceSettings(), _changes, _checkpoint.Keyspace, _changes.Changes);
        var consensus = new Consensus(
            new ConsensusSettings { Member = Self.Id },
            _log.HardState,
            new GroupConfiguration(Self.Id),
            _log,
            _checkpoint.Applied,
            new Random(1));
        var settings = new MemberSettings
        {
            Self = Self,
            RequestTimeoutTicks = 70,
            ReadRetryTicks = 5,
            LeaseCheckTicks = 5,
            LeaseExtensionMilliseconds = 1000,
            Run = 1,
        };
        var member = new GroupMember(_adjust(settings), consensus, keyspace, _checkpoint, _now);
        member.Campaign();
        return (keyspace, member);
    }

    private RequestId NextRequest() => new(++_lastRequest);

    private void Note(MemberTurn turn)
    {
        foreach (var applied in turn.Applied)
        {
            Answers.Add(applied.Request, applied.Outcome);
        }

        foreach (var renewal in turn.Renewals)
        {
            Renewals.Add(renewal.Request, renewal.TtlSeconds);
        }

        foreach (var (request, failure) in turn.Failed)
        {
            Failures.Add(request, failure);
        }

        foreach (var changed in turn.Changes)
        {
            Changes.Add(changed.Request, changed.Refusal);
        }

        ServedReads.UnionWith(turn.Reads);
    }
}
