using Sync.Mvcc;
using Sync.Mvcc.Alarms;
using Sync.Raft;
using Sync.Raft.Log;
using Sync.Raft.Roles;
using Sync.Simulation.Histories;
using Sync.Simulation.Membership;
using Sync.Simulation.Scheduling;
using Sync.Simulation.Space;

namespace Sync.Simulation.Clusters;

/// <summary>An entry that some member has applied.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="FirstApplied">The virtual time at which the first member applied it.</param>
internal sealed record CommittedEntry(Entry Entry, long FirstApplied);

/// <summary>
/// Sees all members from outside and stops the run at the first step that breaks an invariant: one leader a term;
/// what is committed never changes; equal positions give equal members and alarms; equal positions give equal revisions; equal revisions give equal hashes.
/// </summary>
internal sealed class ClusterObserver(Cluster cluster)
{
    private const long RevisionsPerHash = 100;

    private readonly Dictionary<Term, MemberId> _leaders = [];
    private readonly List<CommittedEntry> _committed = [];
    private readonly Dictionary<MemberProcess, LogIndex> _applied = [];
    private readonly Dictionary<MemberProcess, LogIndex> _installed = [];
    private readonly Dictionary<LogIndex, Revision> _revisions = [];
    private readonly Dictionary<(Revision At, Revision Compacted), uint> _hashes = [];
    private readonly Dictionary<MemberProcess, Revision> _hashed = [];
    private readonly Dictionary<ReadOnlyMemory<byte>, List<HistoryOperation>> _proposals = new(new ContentOrder());

    /// <summary>The members by the entries that were applied.</summary>
    public MembershipModel Membership { get; } = new(cluster.Members.All.Select(member => member.Id));

    /// <summary>The alarms by the entries that were applied.</summary>
    public AlarmModel Alarms { get; } = new();

    /// <summary>Told of a member that begins to lead, before it can tell the others.</summary>
    public Action<MemberProcess> Leads { get; set; } = static _ => { };

    /// <summary>Every entry that any member has applied, from index 1 on.</summary>
    public IReadOnlyList<CommittedEntry> CommittedEntries => _committed;

    /// <summary>How many terms had a leader.</summary>
    public int Leaders => _leaders.Count;

    /// <summary>The operations whose command has these bytes.</summary>
    public IReadOnlyList<HistoryOperation> OperationsOf(ReadOnlyMemory<byte> payload) =>
        _proposals.TryGetValue(payload, out var operations) ? operations : [];

    /// <summary>A process started.</summary>
    public void Booted(MemberProcess process)
    {
        _applied[process] = process.Status.Applied;
        CompareAlarms(process, process.View);
    }

    /// <summary>A client's command is about to be proposed.</summary>
    public void Proposes(HistoryOperation operation, ReadOnlyMemory<byte> payload)
    {
        if (!_proposals.TryGetValue(payload, out var operations))
        {
            _proposals[payload] = operations = [];
        }

        operations.Add(operation);
    }

    /// <summary>A member's role changed.</summary>
    public void Changed(MemberProcess process, RoleChange change)
    {
        if (change.Role != RoleKind.Leader)
        {
            cluster.Trace.Note(TraceKind.Follow, (long)process.Id.Value, (long)change.Term.Value, (long)change.Leader.Value);
            return;
        }

        cluster.Trace.Note(TraceKind.Lead, (long)process.Id.Value, (long)change.Term.Value);
        Leads(process);
        Require(_leaders.TryAdd(change.Term, process.Id) || _leaders[change.Term] == process.Id,
            () => $"term {change.Term} has two leaders: {_leaders[change.Term]} and {process.Id}");
    }

    /// <summary>A member was given an entry to apply.</summary>
    public void Committed(MemberProcess process, Entry entry)
    {
        Require(entry.Index == _applied[process].Next, () => $"{process.Id} applies {entry.Index} after {_applied[process]}");
        _applied[process] = entry.Index;
        var position = (int)entry.Index.Value - 1;
        if (position < _committed.Count)
        {
            Require(_committed[position].Entry.Equals(entry),
                () => $"{process.Id} applies another entry {entry.Index}, of term {entry.Term}, than was committed in term "
                + $"{_committed[position].Entry.Term}");
            return;
        }

        Require(position == _committed.Count, () => $"{process.Id} applies {entry.Index}, and {_committed.Count} entries are committed");
        _committed.Add(new CommittedEntry(entry, cluster.Queue.Now));
        Membership.Add(entry);
        if (Alarms.Add(entry))
        {
            cluster.Trace.Note(TraceKind.Alarm, (long)process.Id.Value, Alarms.Last.Count, words: Alarms.Last);
        }

        cluster.Trace.Note(TraceKind.Applied, (long)process.Id.Value, (long)entry.Index.Value, (long)entry.Term.Value);
    }

    /// <summary>A member has a new view.</summary>
    public void Published(MemberProcess process, KeyspaceView view)
    {
        var applied = process.Status.Applied;
        Require(_revisions.TryAdd(applied, view.Revision) || _revisions[applied] == view.Revision,
            () => $"entry {applied} gives revision {view.Revision} on {process.Id}, and {_revisions[applied]} on another");

        CompareAlarms(process, view);

        // A snapshot's members are in force once it is durable, which is a moment after its state is.
        Require(applied == _installed.GetValueOrDefault(process) || process.Status.Configuration.Equals(Membership.At(applied)),
            () => $"at entry {applied} {process.Id} has {process.Status.Configuration}, and it should be {Membership.At(applied)}");
        var at = new Revision(view.Revision.Value / RevisionsPerHash * RevisionsPerHash);
        if (!process.Node.Rots && at.IsSome && at >= view.CompactedRevision && at > _hashed.GetValueOrDefault(process))
        {
            _hashed[process] = at;
            CompareHash(process, view, at);
        }
    }

    /// <summary>A member took the state of another one over.</summary>
    public void Installed(MemberProcess process, LogIndex applied)
    {
        _applied[process] = applied;
        _installed[process] = applied;
        Snapshots++;
    }

    /// <summary>How many snapshots were installed.</summary>
    public int Snapshots { get; private set; }

    private void CompareAlarms(MemberProcess process, KeyspaceView view)
    {
        var applied = process.Status.Applied;
        var raised = Alarms.At(applied);
        Require(view.Alarms.SequenceEqual(raised),
            () => $"at entry {applied} {process.Id} has the alarms {new Items<Alarm>(view.Alarms)}, and it should be {raised}");
    }

    /// <summary>Compares a member's hash with those of the others.</summary>
    public void CompareHash(MemberProcess process, KeyspaceView view, Revision at)
    {
        var hash = view.HashKv(at).Value;
        cluster.Trace.Note(TraceKind.Hash, (long)process.Id.Value, at.Value, hash.Hash);
        var place = (at, hash.CompactedRevision);
        Require(_hashes.TryAdd(place, hash.Hash) || _hashes[place] == hash.Hash,
            () => $"{process.Id} has hash {hash.Hash:x} at revision {at}, another {_hashes[place]:x}");
    }

    private static void Require(bool holds, Func<string> violation)
    {
        if (!holds)
        {
            throw new SimulationException(violation());
        }
    }

    private sealed class ContentOrder : IEqualityComparer<ReadOnlyMemory<byte>>
    {
        public bool Equals(ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right) => left.Span.SequenceEqual(right.Span);

        public int GetHashCode(ReadOnlyMemory<byte> bytes)
        {
            var hash = default(HashCode);
            hash.AddBytes(bytes.Span);
            return hash.ToHashCode();
        }
    }
}
