using Sync.Mvcc.Alarms;
using Sync.Mvcc.Changes;
using Sync.Mvcc.Commands;
using Sync.Mvcc.History;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Leases;
using Sync.Mvcc.Transactions;

namespace Sync.Mvcc;

/// <summary>The revisioned store: applies commands one after the other and publishes views to read from.</summary>
/// <remarks>
/// One thread, the writer, calls every member of this class but <see cref="View"/>, which any thread may ask
/// for. An exception from the <see cref="IChangeStore"/> leaves the keyspace unusable.
/// </remarks>
public sealed class Keyspace
{
    private readonly KeyspaceSettings _settings;
    private readonly IChangeStore _store;
    private readonly ChangeIndex _index = new();
    private readonly LeaseTable _leases = new();
    private readonly OperationWriter _writer;
    private readonly Removal _removal;
    private readonly AlarmSet _alarms;
    private KeyspaceView _view;

    /// <summary>A keyspace that was never written.</summary>
    /// <param name="settings">What all members have in common.</param>
    /// <param name="store">An empty store.</param>
    public Keyspace(KeyspaceSettings settings, IChangeStore store)
        : this(settings, store, KeyspaceImage.Fresh)
    {
    }

    private Keyspace(KeyspaceSettings settings, IChangeStore store, KeyspaceImage image)
    {
        _settings = settings;
        _store = store;
        _writer = new OperationWriter(_index, _leases, store, image.Revision);
        _removal = new Removal(_index, store);
        _removal.Resume(image.CompactedRevision);
        _alarms = new AlarmSet(image.Alarms);
        CompactedRevision = image.CompactedRevision;
        foreach (var lease in image.Leases)
        {
            _leases.Set(lease);
        }

        _view = Snapshot();
    }

    /// <summary>The last published view. Any thread.</summary>
    public KeyspaceView View => Volatile.Read(ref _view);

    /// <summary>The current revision, of the commands applied so far.</summary>
    public Revision Revision => _writer.Revision;

    /// <summary>The last compaction; none if there was no compaction.</summary>
    public Revision CompactedRevision { get; private set; }

    /// <summary>The compaction up to which removal is complete.</summary>
    public Revision RemovedRevision => _removal.Complete;

    /// <summary>Builds a keyspace from a checkpoint. Its view is published from the start.</summary>
    /// <param name="settings">What all members have in common.</param>
    /// <param name="store">Holds the changes that are given here.</param>
    /// <param name="image">The rest of the state.</param>
    /// <param name="changes">
    /// Every change that the store still holds, in order of <see cref="ChangeId"/>; compacted ones may be among
    /// them or not. Keys are copied.
    /// </param>
    public static Keyspace Restore(
        KeyspaceSettings settings,
        IChangeStore store,
        KeyspaceImage image,
        IEnumerable<(ChangeHeader Header, ChangeLocation Location)> changes)
    {
        var keyspace = new Keyspace(settings, store, image);
        var last = default(ChangeId);
        foreach (var (header, location) in changes)
        {
            Invariant.Require(header.Id > last, "restored changes are in order");
            Invariant.Require(header.Id.Main <= image.Revision, "no restored change is after the image");
            keyspace._index.Append(header, location);
            last = header.Id;
        }

        keyspace.AttachRestoredKeys();
        keyspace.Publish();
        return keyspace;
    }

    /// <summary>Applies a committed command.</summary>
    /// <param name="command">A command that passed <see cref="CommandValidation"/> when it was proposed.</param>
    /// <param name="isAnswered">
    /// Whether somebody waits for the answer. Where nobody does, as on the other members and at a start, no pair is read
    /// for it: the answer's lists of pairs are then empty.
    /// </param>
    /// <returns>The answer; a refused command changed nothing.</returns>
    public Result<Outcome> Apply(Command command, bool isAnswered = true)
    {
        _writer.IsAnswered = isAnswered;
        if (_alarms.Refusal(command) is { } refusal)
        {
            return refusal;
        }

        return command switch
        {
            PutOperation put => Put(put),
            DeleteRangeOperation delete => Finish(_writer.Delete(delete)),
            TxnOperation transaction => Run(transaction),
            RangeOperation range => Range(range),
            CompactCommand compact => Compact(compact.Revision),
            LeaseGrantCommand grant => Grant(grant),
            LeaseRevokeCommand revoke => Revoke(revoke.Lease),
            LeaseCheckpointCommand checkpoint => Checkpoint(checkpoint),
            RaiseAlarmCommand raise => Alarmed(_alarms.Raise(raise.Alarm), raise.Alarm),
            ClearAlarmCommand clear => Alarmed(_alarms.Clear(clear.Alarm), clear.Alarm),
            EmptyOperation => StoreError.KeyNotFound,
            _ => throw Invariant.Unreachable(command),
        };
    }

    /// <summary>Makes all that was applied visible to readers. Called once a batch.</summary>
    public KeyspaceView Publish()
    {
        var view = Snapshot();
        Volatile.Write(ref _view, view);
        return view;
    }

    /// <summary>The state that a checkpoint needs beside the changes, of the commands applied so far.</summary>
    public KeyspaceImage Image() => new(Revision, CompactedRevision, _leases.Current.List(), _alarms.List);

    /// <summary>Removes some of what is compacted and releases its locations.</summary>
    /// <param name="changesMax">About how many changes to look at.</param>
    /// <param name="watched">
    /// The revision that <see cref="Watching.WatchHub.Seen"/> has reached: later changes are kept for now, so
    /// that live watches miss none. <see cref="Mvcc.Revision.Last"/> when nobody watches.
    /// </param>
    /// <returns>Whether more can be removed now.</returns>
    public bool CompactStep(int changesMax, Revision watched) =>
        _removal.Step(changesMax, Revision.Min(CompactedRevision, watched));

    /// <summary>Says that a change lies elsewhere now.</summary>
    /// <param name="key">The change's key.</param>
    /// <param name="change">The change.</param>
    /// <param name="location">Its new place.</param>
    /// <returns>
    /// False when the keyspace knows this change no more: its new place counts as released, too.
    /// </returns>
    public bool Relocate(ReadOnlySpan<byte> key, ChangeId change, ChangeLocation location) =>
        _index.Relocate(key, change, location);

    private KeyspaceView Snapshot() => new(
        new KeyspaceReader(_index.Publish(), _store, Revision, CompactedRevision),
        _leases.Publish(),
        _alarms.List,
        (_index.HeldCount, _index.HeldBytes),
        _removal.Begun);

    private Result<Outcome> Put(PutOperation put)
    {
        if (_writer.Refusal(put) is { } refusal)
        {
            return refusal;
        }

        return Finish(_writer.Put(put));
    }

    private Result<Outcome> Run(TxnOperation transaction)
    {
        var before = _writer.Reader(CompactedRevision);
        var path = new TxnPath(transaction, before);
        var refusal = path.Refusal(_writer.RefusalInTxn) ?? path.ReadRefusal(before);
        if (refusal is { } reason)
        {
            return reason;
        }

        var outcome = _writer.Run(transaction, path, CompactedRevision);
        return outcome with { Revision = _writer.Finish() };
    }

    private Result<Outcome> Range(RangeOperation range)
    {
        var read = _writer.Reader(CompactedRevision).Range(range.Query);
        return read.IsOk ? read.Value : read.Error;
    }

    private Outcome Finish(Outcome outcome)
    {
        _writer.Finish();
        return outcome;
    }

    private Result<Outcome> Compact(Revision revision)
    {
        if (revision <= CompactedRevision)
        {
            return StoreError.Compacted;
        }

        if (revision > Revision)
        {
            return StoreError.FutureRevision;
        }

        CompactedRevision = revision;
        return new CompactOutcome(Revision);
    }

    private Result<Outcome> Grant(LeaseGrantCommand grant)
    {
        if (!grant.Lease.IsSome)
        {
            return StoreError.LeaseNotFound;
        }

        if (grant.TtlSeconds > LeaseTtl.Longest)
        {
            return StoreError.LeaseTtlTooLarge;
        }

        if (_leases.Current.Find(grant.Lease) is not null)
        {
            return StoreError.LeaseExists;
        }

        var granted = Math.Max(grant.TtlSeconds, _settings.LeaseTtlMinimumSeconds);
        _leases.Set(new LeaseState(grant.Lease, granted, RemainingTtlSeconds: 0));
        return new LeaseGrantOutcome(Revision, grant.Lease, granted);
    }

    private Result<Outcome> Revoke(LeaseId lease)
    {
        if (_leases.Current.Find(lease) is null)
        {
            return StoreError.LeaseNotFound;
        }

        _writer.DeleteKeysOf(lease);
        _leases.Remove(lease);
        return new LeaseRevokeOutcome(_writer.Finish());
    }

    private Result<Outcome> Checkpoint(LeaseCheckpointCommand checkpoint)
    {
        foreach (var (id, seconds) in checkpoint.Remaining)
        {
            if (_leases.Current.Find(id) is { } lease)
            {
                _leases.Set(lease with { RemainingTtlSeconds = Math.Clamp(seconds, 0, lease.GrantedTtlSeconds) });
            }
        }

        return new LeaseCheckpointOutcome(Revision);
    }

    private AlarmOutcome Alarmed(bool isChanged, Alarm alarm) => new(Revision, isChanged ? [alarm] : []);

    // Only now is it known which puts are a key's last word.
    private void AttachRestoredKeys()
    {
        var index = _index.Current;
        var cursor = index.Keys.Scan(KeyRange.All);
        while (cursor.MoveNext())
        {
            if (cursor.Value.Exists)
            {
                _leases.Move(cursor.Key, LeaseId.None, new LeaseId(index.Log[cursor.Value.Ordinal].Lease));
            }
        }
    }
}
