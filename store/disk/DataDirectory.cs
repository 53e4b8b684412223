using Sync.Disk.Checkpoints;
using Sync.Disk.Segments;
using Sync.Disk.Snapshots;
using Sync.Disk.Wal;
using Sync.Mvcc;
using Sync.Mvcc.Changes;
using Sync.Posix;
using Sync.Raft;

namespace Sync.Disk;

/// <summary>
/// The folder <c>sync/</c> of a member's data directory, opened and locked: everything that a member starts from.
/// </summary>
/// <remarks>
/// <code>
/// sync/lock          locked by the running member
/// sync/identity      whose data it is; written last when the directory is created
/// sync/wal/          the log; sync/wal.INCARNATION/ in later lives of the group; elsewhere on a DiskPair
/// sync/segments/     the changes, likewise
/// sync/checkpoints/  the checkpoints, likewise
/// </code>
/// </remarks>
public sealed class DataDirectory : IDisposable
{
    private readonly IDisk _disk;
    private readonly DirectoryLock _lock;
    private readonly SegmentFolder _folder;
    private readonly DirectorySettings _settings;
    private readonly FailStop _failStop;

    private DataDirectory(
        IDisk disk,
        DirectoryLock heldLock,
        DirectoryIdentity identity,
        bool isNew,
        SegmentFolder folder,
        DirectorySettings settings,
        FailStop failStop,
        WriteAheadLog log,
        ChangeSegments segments,
        CheckpointFolder checkpoints)
    {
        _disk = disk;
        _lock = heldLock;
        _folder = folder;
        _settings = settings;
        _failStop = failStop;
        Identity = identity;
        IsNew = isNew;
        Log = log;
        Segments = segments;
        Checkpoints = checkpoints;
    }

    /// <summary>Whose data it holds.</summary>
    public DirectoryIdentity Identity { get; }

    /// <summary>Whether it was created just now: the member has never run.</summary>
    public bool IsNew { get; }

    /// <summary>The log; the group's part is <c>Log[Identity.Group]</c>.</summary>
    public WriteAheadLog Log { get; }

    /// <summary>The changes of the keyspace; others after <see cref="Install"/>.</summary>
    public ChangeSegments Segments { get; private set; }

    /// <summary>The checkpoints; <see cref="CheckpointFolder.Newest"/> is where the member starts from.</summary>
    public CheckpointFolder Checkpoints { get; }

    /// <summary>
    /// Whether there is room for what is to be written, log and data, beside what a member needs in any case. Any thread.
    /// </summary>
    /// <exception cref="DiskFailureException">It cannot be told.</exception>
    public bool HasRoom
    {
        get
        {
            try
            {
                return DirectoryPaths.Of(Identity.Incarnation).Folders
                    .All(folder => _disk.FreeBytesIn(folder) >= _settings.FreeBytesMin);
            }
            catch (PosixException cause)
            {
                throw new DiskFailureException(cause);
            }
        }
    }

    /// <summary>What a recovery had to decide, one sentence each, for the operator's log; mostly empty.</summary>
    public IReadOnlyList<string> Findings => Checkpoints.Findings;

    /// <summary>
    /// Every change of the newest checkpoint in order, for <see cref="Keyspace.Restore"/>. Enumerated once, before
    /// anything is appended.
    /// </summary>
    /// <returns>The changes; a damaged segment is thrown as <see cref="DamageException"/> where it is met.</returns>
    public IEnumerable<(ChangeHeader Header, ChangeLocation Location)> Changes() => Segments.Changes();

    /// <summary>Whose data a directory holds, without opening it.</summary>
    /// <param name="disk">The data directory, the parent of <c>sync/</c>.</param>
    /// <returns>Null when it holds none of ours yet.</returns>
    /// <exception cref="DataDirectoryException">It is another program's, or too new.</exception>
    /// <exception cref="DamageException">Its identity cannot be read.</exception>
    /// <exception cref="DiskFailureException">The disk failed.</exception>
    public static DirectoryIdentity? FindIdentity(IDisk disk)
    {
        try
        {
            if (!disk.Exists(DirectoryPaths.Identity))
            {
                NewDirectory.RefuseForeign(disk);
                return null;
            }

            using var file = disk.Open(DirectoryPaths.Identity);
            return DirectoryIdentity.Read(file);
        }
        catch (PosixException cause)
        {
            throw new DiskFailureException(cause);
        }
    }

    /// <summary>Opens the directory, creating it when it is empty, and locks it until disposed.</summary>
    /// <param name="disk">The data directory, such as <see cref="PosixDisk.Prepare"/> returns.</param>
    /// <param name="identity">Whose data it must hold, or is to hold.</param>
    /// <param name="settings">Sizes; those of the log bind files that are yet to be created.</param>
    /// <param name="beginning">
    /// The first checkpoint of a directory that is created; it is durable before the identity is. Null for none.
    /// </param>
    /// <exception cref="DataDirectoryException">It is in use, another program's, another member's or too new.</exception>
    /// <exception cref="DamageException">It is damaged: which file, where, and what to do.</exception>
    /// <exception cref="DiskFailureException">The disk failed.</exception>
    public static DataDirectory Open(
        IDisk disk, DirectoryIdentity identity, DirectorySettings settings, Checkpoint? beginning = null)
    {
        settings.Require();
        DirectoryLock? heldLock = null;
        try
        {
            if (!disk.Exists(DirectoryPaths.Identity))
            {
                NewDirectory.RefuseForeign(disk);
            }

            heldLock = DirectoryLock.Take(disk);
            return Open(disk, heldLock, identity, settings, beginning);
        }
        catch (IOException failure)
        {
            heldLock?.Dispose();
            if (failure is PosixException cause)
            {
                throw new DiskFailureException(cause);
            }

            throw;
        }
    }

    /// <summary>
    /// Makes a new data directory from a snapshot, for a cluster that begins a new life. It can then be opened with
    /// the identity that <see cref="FindIdentity"/> tells.
    /// </summary>
    /// <param name="disk">The data directory; it holds nothing yet.</param>
    /// <param name="restore">What it is to be.</param>
    /// <param name="source">Whose snapshot it is, for messages.</param>
    /// <param name="bytes">The snapshot.</param>
    /// <param name="settings">Sizes; those of the log bind the files that are created.</param>
    /// <returns>What the snapshot said of itself.</returns>
    /// <exception cref="SnapshotException">The snapshot is damaged; the directory is as good as empty.</exception>
    /// <exception cref="DataDirectoryException">The directory holds data, or is in use.</exception>
    /// <exception cref="DiskFailureException">The disk failed.</exception>
    public static SnapshotManifest Restore(
        IDisk disk, SnapshotRestore restore, string source, SnapshotBytes bytes, DirectorySettings settings)
    {
        settings.Require();
        try
        {
            var (identity, manifest) = NewDirectory.Restore(disk, restore, source, bytes, settings);

            // The first start lets the log begin after the snapshot, and checks what was made.
            Open(disk, identity, settings).Dispose();
            return manifest;
        }
        catch (PosixException cause)
        {
            throw new DiskFailureException(cause);
        }
    }

    /// <summary>
    /// Holds the present state fast, to be sent or saved while the member goes on. The writer thread of the keyspace;
    /// no I/O.
    /// </summary>
    /// <param name="state">The state; its segments are not looked at.</param>
    /// <param name="view">The keyspace's newest view, at the state's revision.</param>
    /// <returns>The capture, which must be disposed.</returns>
    public SnapshotCapture Capture(Checkpoint state, KeyspaceView view)
    {
        Invariant.Require(
            view.Revision == state.Keyspace.Revision && view.CompactedRevision == state.Keyspace.CompactedRevision,
            "view and state are of the same moment");
        Segments.Published(view);
        var manifest = new SnapshotManifest(
            Identity.ClusterId,
            Identity.Member,
            state with { Segments = [], IsInstalled = false },
            view.ChangeCount,
            view.ChangeBytes);
        return new SnapshotCapture(manifest, view, Segments);
    }

    /// <summary>Begins to receive a snapshot of this group. Any thread; the member goes on meanwhile.</summary>
    /// <param name="source">Who sends it, for messages.</param>
    public SnapshotStaging Receive(string source) => new(
        source,
        requiresDigest: true,
        FaultOf,
        new ReceivedSegments(_folder, Identity.SegmentOwner, _settings.Segments.SegmentBytes),
        _failStop);

    /// <summary>
    /// Makes a received snapshot the member's state, in one step: a crash leaves the old state or the new one. The
    /// thread that owns keyspace and log; it waits for a few syncs.
    /// </summary>
    /// <param name="snapshot">
    /// A complete one, which the consensus has accepted: it is past the last committed entry, and of no higher term than
    /// the member's.
    /// </param>
    /// <returns>
    /// The log's ticket: once it is durable, the installation may be acknowledged. Term and vote are kept.
    /// </returns>
    /// <remarks>
    /// Afterwards <see cref="Segments"/> and <see cref="Changes"/> are the snapshot's, to restore a keyspace from. Views of
    /// the old one can be read on. Checkpoints captured before are not saved any more.
    /// </remarks>
    /// <exception cref="DamageException">A received segment is not what was written; the member must stop.</exception>
    /// <exception cref="DiskFailureException">The process must stop.</exception>
    public long Install(SnapshotStaging snapshot)
    {
        _failStop.Require();
        try
        {
            var old = Segments;
            var (manifest, extents) = snapshot.Keep();
            var checkpoint = manifest.State with { Segments = extents, IsInstalled = true };
            Checkpoints.Install(checkpoint, () =>
            {
                var segments = new ChangeSegments(_folder, Identity.SegmentOwner, _settings.Segments, _failStop);
                segments.OpenInstalled(extents);
                return Segments = segments;
            });
            old.RemoveFiles();
            return GoOnAfter(Log[Identity.Group], checkpoint);
        }
        catch (PosixException cause)
        {
            throw _failStop.Fail(cause);
        }
    }

    /// <summary>
    /// Begins a new life of the group in this directory, with the members that <paramref name="restore"/> says: for when
    /// the others are lost for good. In one step; a crash leaves the old life or the new one, whole.
    /// </summary>
    /// <param name="capture">The state to go on from; what the log holds after it is dropped.</param>
    /// <param name="restore">What the directory is to be.</param>
    /// <returns>Whose it is now. This object is of no use any more but to be disposed; then open it as that one's.</returns>
    /// <exception cref="DamageException">A change is not what was written; the directory is as it was.</exception>
    /// <exception cref="DiskFailureException">The process must stop.</exception>
    public DirectoryIdentity BeginNewLife(SnapshotCapture capture, SnapshotRestore restore)
    {
        _failStop.Require();
        try
        {
            using var bytes = capture.Open();
            return NewDirectory.Fill(_disk, restore, "of the life before", bytes.Read, _settings).Identity;
        }
        catch (PosixException cause)
        {
            throw _failStop.Fail(cause);
        }
    }

    /// <summary>
    /// Whether a checkpoint is worth its work, however few entries were applied since the last one: the log after that one
    /// is long, or files wait for it. The thread that owns the log.
    /// </summary>
    /// <param name="applied">The entry that the checkpoint would be at.</param>
    /// <remarks>
    /// Never at the entry of a snapshot that was installed: until the log is known to go on after that one, only a checkpoint
    /// that says where it came from may stand there.
    /// </remarks>
    public bool NeedsCheckpoint(LogIndex applied)
    {
        var newest = Checkpoints.Newest;
        return (newest is not { IsInstalled: true } || newest.Applied < applied)
            && (Segments.NeedsCheckpoint
                || Log[Identity.Group].BytesOf(newest?.Applied ?? LogIndex.None, applied) > _settings.LogBytesMax);
    }

    /// <summary>
    /// Drops entries from the front of the log that no start and no follower is likely to need. The thread that owns the
    /// log; called when a checkpoint was saved.
    /// </summary>
    /// <param name="catchUpEntries">
    /// How many entries before the newest checkpoint are kept, so that a follower that is a little behind needs no snapshot.
    /// </param>
    /// <param name="needed">
    /// The last entry before those that followers of a snapshot need; null when there are none. They are not kept when the
    /// disk is full, and not more than <see cref="DirectorySettings.HeldLogBytesMax"/>.
    /// </param>
    /// <returns>Whether entries were dropped.</returns>
    /// <remarks>
    /// Kept in any case: what follows the checkpoint before the newest, which a start may have to go back to.
    /// </remarks>
    /// <exception cref="DiskFailureException">The process must stop.</exception>
    public bool DropLog(long catchUpEntries, LogIndex? needed)
    {
        var log = Log[Identity.Group];
        var applied = Checkpoints.Newest?.Applied ?? LogIndex.None;
        var behind = new LogIndex(applied.Value - Math.Min(applied.Value, (ulong)catchUpEntries));
        var through = LogIndex.Max(behind, log.FirstWithin(applied, _settings.LogBytesMax));
        if (needed is { } held && held < through && log.BytesOf(held, applied) <= _settings.HeldLogBytesMax && HasRoom)
        {
            through = held;
        }

        through = LogIndex.Min(through, Checkpoints.Previous?.Applied ?? LogIndex.None);
        if (through < log.FirstIndex)
        {
            return false;
        }

        log.DropThrough(through);
        return true;
    }

    /// <summary>Closes everything and gives the lock up.</summary>
    public void Dispose()
    {
        Log.Dispose();
        Segments.Dispose();
        _lock.Dispose();
    }

    private static DataDirectory Open(
        IDisk disk,
        DirectoryLock heldLock,
        DirectoryIdentity identity,
        DirectorySettings settings,
        Checkpoint? beginning)
    {
        var isNew = !disk.Exists(DirectoryPaths.Identity);
        if (isNew)
        {
            NewDirectory.Create(disk, identity, settings.Log, beginning);
        }

        // A process that was killed may have left names that a loss of power would still take away.
        disk.SyncDirectory("");
        disk.SyncDirectory(DirectoryPaths.Home);
        RequireSame(disk, identity);
        var paths = DirectoryPaths.Of(identity.Incarnation);
        RequireFolders(disk, paths, identity);
        var failStop = new FailStop();
        var checkpoints = CheckpointFolder.Open(disk, paths.Checkpoints, identity.Number, failStop);
        var folder = new SegmentFolder(disk, paths.Segments);
        var segments = new ChangeSegments(folder, identity.SegmentOwner, settings.Segments, failStop);
        WriteAheadLog? log = null;
        try
        {
            log = WriteAheadLog.Open(
                disk, paths.Log, identity.Number, [(identity.Group, identity.Incarnation)], settings.Log, failStop);
            FinishInstallation(log, log[identity.Group], checkpoints.Newest, disk.PathOf(paths.Log));
            RequireFit(log[identity.Group], checkpoints.Newest, disk.PathOf(paths.Log));
            segments.Open(
                checkpoints.Newest?.Segments ?? [],
                checkpoints.Previous?.Segments ?? []);
            checkpoints.Serve(segments);

            // Not before all is known to be this member's: another one's log may lie beside it.
            NewDirectory.RemoveOthers(disk, paths);
            return new DataDirectory(
                disk, heldLock, identity, isNew, folder, settings, failStop, log, segments, checkpoints);
        }
        catch (IOException)
        {
            log?.Dispose();
            segments.Dispose();
            throw;
        }
    }

    private static void RequireFolders(IDisk disk, DirectoryPaths paths, DirectoryIdentity identity)
    {
        foreach (var folder in paths.Folders)
        {
            if (!disk.Exists(folder))
            {
                throw folder == paths.Log ? WithoutLog() : new DamageException(
                    disk.PathOf(folder), 0, "the folder is missing", "Put it back, or restore this member from a backup.");
            }

            // One that exists is checked: nobody else may write to it.
            disk.MakeDirectory(folder);
        }

        if (disk.List(paths.Log).Count == 0)
        {
            throw WithoutLog();
        }

        DataDirectoryException WithoutLog() => new(
            disk.Root,
            $"it holds {Describe(identity)}, and there is no log in {disk.PathOf(paths.Log)}; name the folder that the log lies "
            + "in with --wal-dir, or, if it is lost, remove this member from the cluster and add it again with empty folders");
    }

    private static void RequireSame(IDisk disk, DirectoryIdentity identity)
    {
        using var file = disk.Open(DirectoryPaths.Identity);
        var found = DirectoryIdentity.Read(file);
        if (found != identity)
        {
            throw new DataDirectoryException(
                disk.Root,
                $"it holds {Describe(found)}, and this process is {Describe(identity)}; name the right directory");
        }
    }

    private string? FaultOf(SnapshotManifest manifest)
    {
        var (found, state) = (manifest.ClusterId, manifest.State);
        if (found != Identity.ClusterId || state.Group != Identity.Group || state.Incarnation != Identity.Incarnation)
        {
            return $"it is of cluster {found:x}, group {state.Group}, incarnation {state.Incarnation}, and this is "
                + Describe(Identity);
        }

        // The member's own log must not be what meets the end of the disk.
        var free = _folder.FreeBytes;
        return free - _settings.FreeBytesMin < manifest.ChangeBytes
            ? $"there is no room for it beside the present data: it needs {manifest.ChangeBytes} bytes, and of the {free} that "
                + $"are free, {_settings.FreeBytesMin} are not for it"
            : null;
    }

    // An installed checkpoint counts from the moment that it is durable; the log follows, here if a crash came between.
    private static void FinishInstallation(WriteAheadLog log, GroupLog group, Checkpoint? checkpoint, string path)
    {
        if (checkpoint is not { IsInstalled: true }
            || group.FirstIndex > checkpoint.Applied
            || group.TermAt(checkpoint.Applied) == checkpoint.AppliedTerm)
        {
            return;
        }

        if (group.HardState.Commit >= checkpoint.Applied)
        {
            throw new DamageException(
                path,
                0,
                $"a snapshot was installed at entry {checkpoint.Applied} of term {checkpoint.AppliedTerm}, and the log "
                    + $"has committed entry {group.HardState.Commit} with another one there",
                DamageException.UsualRemedy);
        }

        GoOnAfter(group, checkpoint);
        log.Write();
        log.Sync();
    }

    // Nobody was given a vote in a term that the hard state does not have; so none is lost by taking the snapshot's term.
    private static long GoOnAfter(GroupLog log, Checkpoint checkpoint)
    {
        log.Reset(checkpoint.Applied, checkpoint.AppliedTerm);
        var state = log.HardState;
        return log.Append([], state.Term < checkpoint.AppliedTerm
            ? new HardState(checkpoint.AppliedTerm, MemberId.None, checkpoint.Applied)
            : state with { Commit = checkpoint.Applied });
    }

    private static string Describe(DirectoryIdentity identity) =>
        $"member {identity.Member} of cluster {identity.ClusterId:x}, group {identity.Group}, incarnation "
        + $"{identity.Incarnation}";

    private static void RequireFit(GroupLog log, Checkpoint? checkpoint, string path)
    {
        var (applied, term) = checkpoint is null
            ? (LogIndex.None, Term.None)
            : (checkpoint.Applied, checkpoint.AppliedTerm);
        if (log.TermAt(applied) != term)
        {
            throw new DamageException(
                path,
                0,
                $"the newest checkpoint ends with entry {applied} of term {term}, and the log holds entries "
                    + $"[{log.FirstIndex}, {log.LastIndex}], with term {log.TermAt(applied)?.ToString() ?? "unknown"} there",
                DamageException.UsualRemedy);
        }
    }
}
