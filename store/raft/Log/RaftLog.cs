using Sync.Raft.Snapshots;

namespace Sync.Raft.Log;

/// <summary>
/// The log of one member: what is on disk, seen through <see cref="ILogReader"/>, and the tail that is kept
/// in memory.
/// </summary>
/// <remarks>
/// Example: entries 1 to 9; 1 to 6 are durable, 7 and 8 are being written, 9 came since; 1 to 5 are
/// committed, 1 to 4 given to apply, 1 to 3 applied. Then the tail holds 4 to 9 (or more), Persisted is 6,
/// the next write takes 9, the next batch to apply is 5.
/// <code>
/// index          1  2  3  4  5  6  7  8  9
/// on disk        x  x  x  x  x  x
/// tail                    x  x  x  x  x  x
/// Applied              ^
/// Commit                     ^
/// Persisted                     ^
/// LastIndex                              ^
/// </code>
/// </remarks>
internal sealed class RaftLog
{
    // How much of the log is looked at in one piece when a member starts.
    private const long SearchBytes = 1024 * 1024;

    private readonly ILogReader _reader;
    private readonly LogTail _tail;
    private readonly ConfigurationMarks _marks = new();

    // Takes the place of the whole durable log once it is installed; the tail begins after it.
    private SnapshotHeader? _installing;
    private LogIndex _writing;
    private LogIndex _applying;

    // What this member would know to be committed after a crash.
    private LogIndex _durableCommit;

    /// <summary>The log as it is on disk.</summary>
    /// <param name="reader">The durable log.</param>
    /// <param name="commit">The commit index that was restored.</param>
    /// <param name="applied">What the state machine holds already; it counts as committed.</param>
    public RaftLog(ILogReader reader, LogIndex commit, LogIndex applied)
    {
        _reader = reader;
        LastIndex = reader.LastIndex;
        Invariant.Require(reader.FirstIndex.Value >= 1 && LastIndex.Next >= reader.FirstIndex,
            "the log's first entry is not after the one that follows its last");
        Invariant.Require(applied.Next >= reader.FirstIndex,
            $"the log holds the next entry to apply, {applied.Next}; it begins at {reader.FirstIndex}");
        Invariant.Require(LogIndex.Max(commit, applied) <= LastIndex,
            $"the log holds all committed entries: to {LogIndex.Max(commit, applied)}; it ends at {LastIndex}");

        LastTerm = reader.TermAt(LastIndex) ?? Term.None;
        Invariant.Require(
            LastIndex == LogIndex.None || LastTerm > Term.None, "the term of the last entry is known");
        _tail = new LogTail(LastIndex.Next);
        _writing = LastIndex;
        _applying = applied;
        Persisted = LastIndex;
        Applied = applied;
        Commit = LogIndex.Max(commit, applied);
        _durableCommit = Commit;
        FindConfigurations();
    }

    /// <summary>The first entry that was not dropped from the front.</summary>
    public LogIndex FirstIndex => _installing?.Index.Next ?? _reader.FirstIndex;

    /// <summary>The last entry, durable or not.</summary>
    public LogIndex LastIndex { get; private set; }

    /// <summary>The term of the last entry.</summary>
    public Term LastTerm { get; private set; }

    /// <summary>The last entry known to be committed. Never falls; at most <see cref="LastIndex"/>.</summary>
    public LogIndex Commit { get; private set; }

    /// <summary>
    /// What others may be told to be committed. A change of the configuration is while this member would know it after a
    /// crash: who leaves by it is gone when it hears of it, and may be needed for an election until then.
    /// </summary>
    public LogIndex CommitToTell => HasUnsecuredChange ? _marks.First.Previous : Commit;

    /// <summary>The term of that entry.</summary>
    public Term CommitTermToTell => TermAt(CommitToTell) ?? Term.None;

    /// <summary>
    /// The last durable entry whose successors are not. Falls only when a leader or a snapshot replaces entries;
    /// never below <see cref="Applied"/>.
    /// </summary>
    public LogIndex Persisted { get; private set; }

    /// <summary>
    /// The last entry reported as applied. At most <see cref="Commit"/> and <see cref="Persisted"/>.
    /// </summary>
    public LogIndex Applied { get; private set; }

    /// <summary>Whether there are entries that no write has taken yet.</summary>
    public bool HasUnwritten => _writing < LastIndex;

    /// <summary>Whether there are committed and durable entries that were not given to apply yet.</summary>
    public bool HasUnapplied => _applying < Applicable;

    /// <summary>Whether a snapshot is to take the place of the log, and has not yet.</summary>
    public bool IsInstalling => _installing is not null;

    /// <summary>Whether the log holds a change of the configuration that is not applied.</summary>
    public bool HasChange => _marks.Any;

    /// <summary>Whether it holds one that is committed.</summary>
    public bool HasCommittedChange => _marks.Any && _marks.First <= Commit;

    /// <summary>Whether it holds one that is committed, which this member would not know after a crash.</summary>
    public bool HasUnsecuredChange => HasCommittedChange && _marks.First > _durableCommit;

    // Only what is durable here is applied, so a checkpoint of the state is never ahead of the log. Of a change of the
    // configuration it must be durable, too, that it is committed: who left by it is gone then, and a member that forgot
    // could wait for its vote for ever.
    private LogIndex Applicable
    {
        get
        {
            var applicable = LogIndex.Min(Commit, Persisted);
            return HasUnsecuredChange && _marks.First <= applicable
                ? _marks.First.Previous
                : applicable;
        }
    }

    /// <summary>The term of an entry.</summary>
    /// <returns>Null when the entry was dropped from the front of the log, or is not there yet.</returns>
    public Term? TermAt(LogIndex index)
    {
        if (index == LastIndex)
        {
            return LastTerm;
        }

        if (index > LastIndex)
        {
            return null;
        }

        if (index >= _tail.First)
        {
            return _tail[index].Term;
        }

        return _installing is { } snapshot
            ? index == snapshot.Index ? snapshot.Term : null
            : _reader.TermAt(index);
    }

    /// <summary>The payload bytes of an entry that is still in memory.</summary>
    public int PayloadBytesAt(LogIndex index) => _tail[index].Payload.Length;

    /// <summary>
    /// Whether a log that ends so holds everything that this one may have committed. Source: Raft paper,
    /// section 5.4.1.
    /// </summary>
    public bool IsUpToDate(LogIndex lastIndex, Term lastTerm) =>
        lastTerm > LastTerm || (lastTerm == LastTerm && lastIndex >= LastIndex);

    /// <summary>Adds one entry at the end.</summary>
    public void Append(Entry entry)
    {
        _tail.Add(entry);
        LastIndex = entry.Index;
        LastTerm = entry.Term;
        if (entry.Kind == EntryKind.Configuration)
        {
            CommitTo(_marks.Add(entry.Index));
        }
    }

    /// <summary>
    /// Takes over a leader's entries: keeps those that are here already and, at the first that differs,
    /// replaces the rest.
    /// Source: Raft paper, section 5.3 and figure 2, AppendEntries steps 3 and 4.
    /// </summary>
    /// <param name="entries">They follow an entry that both logs hold.</param>
    /// <param name="pending">Writes under way; those of replaced entries count no more.</param>
    public void TakeOver(ReadOnlySpan<Entry> entries, PendingWrites pending)
    {
        foreach (var entry in entries)
        {
            if (entry.Index <= LastIndex)
            {
                if (TermAt(entry.Index) == entry.Term)
                {
                    continue;
                }

                CutFrom(entry.Index);
                pending.CutFrom(entry.Index);
            }

            Append(entry);
        }
    }

    /// <summary>
    /// The last position at or before <paramref name="index"/> whose term is not newer than
    /// <paramref name="term"/>: where two logs may agree at the latest, seen from this one.
    /// </summary>
    /// <returns>
    /// The position and its term; <see cref="Term.None"/> when it was dropped from the log.
    /// </returns>
    public (LogIndex Index, Term Term) LastNotNewerThan(Term term, LogIndex index)
    {
        for (var candidate = LogIndex.Min(index, LastIndex); ; candidate = candidate.Previous)
        {
            var found = TermAt(candidate) ?? Term.None;
            if (found <= term || candidate == LogIndex.None)
            {
                return (candidate, found);
            }
        }
    }

    /// <summary>
    /// The entries <c>[start, until)</c> or the first part of them: what one place holds and a limit allows.
    /// </summary>
    /// <param name="start">A position that is still in the log, below <paramref name="until"/>.</param>
    /// <param name="until">At most one past the last entry.</param>
    /// <param name="bytesMax">
    /// The limit, in bytes of <see cref="Entry.WeightBytes"/>; one entry is returned in any case.
    /// </param>
    public ReadOnlyMemory<Entry> Read(LogIndex start, LogIndex until, long bytesMax)
    {
        var entries = start >= _tail.First
            ? _tail.Slice(start, until)
            : _reader.Read(start, LogIndex.Min(until, _tail.First), bytesMax);
        Invariant.Require(
            entries.Length > 0 && entries.Span[0].Index == start, "a log reader returns what it is asked for");

        var weightBytes = 0L;
        var span = entries.Span;
        for (var taken = 0; taken < span.Length; taken++)
        {
            weightBytes += span[taken].WeightBytes;
            if (weightBytes > bytesMax && taken > 0)
            {
                return entries[..taken];
            }
        }

        return entries;
    }

    /// <summary>Raises the commit index, if the position is above it.</summary>
    public void CommitTo(LogIndex index)
    {
        Invariant.Require(index <= LastIndex,
            $"no committed entry was lost from the log: {index} is committed, the log ends at {LastIndex}");
        Commit = LogIndex.Max(Commit, index);
    }

    /// <summary>
    /// Takes in that an entry is committed, as any member may know: everything up to it is, if this log holds it.
    /// </summary>
    public void CommitIfHeld(LogIndex index, Term term)
    {
        if (index > Commit && term > Term.None && TermAt(index) == term)
        {
            CommitTo(index);
        }
    }

    /// <summary>The entries that no write has taken yet, which the caller is to write now.</summary>
    public ReadOnlyMemory<Entry> TakeUnwritten()
    {
        var entries = _tail.Slice(_writing.Next, LastIndex.Next);
        _writing = LastIndex;
        return entries;
    }

    /// <summary>The next entries to apply: committed and durable, each given once.</summary>
    /// <param name="bytesMax">As for <see cref="Read"/>.</param>
    public ReadOnlyMemory<Entry> TakeUnapplied(long bytesMax)
    {
        if (!HasUnapplied)
        {
            return default;
        }

        var entries = Read(_applying.Next, Applicable.Next, bytesMax);
        _applying += entries.Length;
        return entries;
    }

    /// <summary>Takes note that entries are durable.</summary>
    public void PersistedTo(LogIndex index)
    {
        Persisted = LogIndex.Max(Persisted, index);
        Release();
    }

    /// <summary>Whether a change of the configuration waits for its commit to be written.</summary>
    /// <param name="synced">The commit index in the last write that had to be synced.</param>
    public bool HasChangeToSecure(LogIndex synced) =>
        _marks.Any && _marks.First > synced && _marks.First <= LogIndex.Min(Commit, Persisted);

    /// <summary>Takes note that a commit index is durable.</summary>
    public void CommitPersistedTo(LogIndex index) => _durableCommit = LogIndex.Max(_durableCommit, index);

    /// <summary>Takes note that entries are applied.</summary>
    public void AppliedTo(LogIndex index)
    {
        Invariant.Require(index >= Applied && index <= _applying,
            $"entries are applied once and in order: {index} after {Applied}, given up to {_applying}");
        Invariant.Require(!_marks.Any || _marks.First > index,
            $"each change of the configuration up to {index} was applied or skipped");
        Applied = index;
        Release();
    }

    /// <summary>Takes note that a change of the configuration is applied or skipped.</summary>
    public void ChangeApplied(LogIndex index)
    {
        Invariant.Require(index <= _applying && _marks.Any && _marks.First == index,
            $"changes of the configuration are applied once and in order, when they are given: {index}");
        _marks.RemoveFirst();
    }

    /// <summary>
    /// Begins to put a snapshot in place of all entries: nothing of the durable log is read any more. What
    /// follows it is appended as ever.
    /// </summary>
    /// <param name="snapshot">It is of an entry after <see cref="Commit"/> that the log does not hold.</param>
    /// <param name="pending">Writes under way; those of replaced entries count no more.</param>
    public void Install(SnapshotHeader snapshot, PendingWrites pending)
    {
        Invariant.Require(!IsInstalling && snapshot.Index > Commit,
            $"a snapshot brings more than is committed: {snapshot.Index} after {Commit}");
        _installing = snapshot;
        _marks.Clear();
        _tail.Restart(snapshot.Index.Next);
        (LastIndex, LastTerm) = (snapshot.Index, snapshot.Term);
        (Commit, _writing) = (snapshot.Index, snapshot.Index);

        // Nothing more of the old log may be given to apply.
        Persisted = _applying;
        pending.CutFrom(_applying.Next);
    }

    /// <summary>Takes note that the snapshot is durable and in the state, and that the log begins after it.</summary>
    public void Installed()
    {
        Invariant.Require(_installing is not null, "what is installed was to be installed");
        var snapshot = _installing;
        Invariant.Require(
            _reader.FirstIndex == snapshot.Index.Next && _reader.TermAt(snapshot.Index) == snapshot.Term,
            $"the log begins after the snapshot of {snapshot.Index}; it begins at {_reader.FirstIndex}");
        _installing = null;
        _applying = snapshot.Index;
        Applied = snapshot.Index;
        Persisted = LogIndex.Max(Persisted, snapshot.Index);
    }

    private void CutFrom(LogIndex index)
    {
        Invariant.Require(index > Commit,
            $"a committed entry is never replaced: {index} by another leader's, {Commit} is committed");
        var previousTerm = TermAt(index.Previous);
        Invariant.Require(previousTerm is not null, "the entry before a replaced one is in the log");

        if (index < _tail.First)
        {
            _tail.Restart(index);
        }
        else
        {
            _tail.CutFrom(index);
        }

        _marks.CutFrom(index);
        LastIndex = index.Previous;
        LastTerm = previousTerm.Value;
        _writing = LogIndex.Min(_writing, LastIndex);
        Persisted = LogIndex.Min(Persisted, LastIndex);
    }

    private void FindConfigurations()
    {
        var index = Applied.Next;
        while (index <= LastIndex)
        {
            var entries = _reader.Read(index, LastIndex.Next, SearchBytes);
            foreach (var entry in entries.Span)
            {
                if (entry.Kind == EntryKind.Configuration)
                {
                    CommitTo(_marks.Add(entry.Index));
                }
            }

            index += entries.Length;
        }
    }

    private void Release() => _tail.ReleaseBefore(LogIndex.Min(Persisted, Applied).Next);
}
