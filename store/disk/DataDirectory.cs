using Sync.Disk.Checkpoints;
using Sync.Disk.Segments;
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
/// sync/wal/          the log
/// sync/segments/     the changes
/// sync/checkpoints/  the checkpoints
/// </code>
/// </remarks>
public sealed class DataDirectory : IDisposable
{
    private const string Home = "sync";
    private const string LockPath = $"{Home}/lock";
    private const string IdentityPath = $"{Home}/identity";
    private const string UnfinishedIdentityPath = $"{Home}/identity.tmp";
    private const string LogPath = $"{Home}/wal";
    private const string SegmentsPath = $"{Home}/segments";
    private const string CheckpointsPath = $"{Home}/checkpoints";

    private static readonly string[] Folders = [LogPath, SegmentsPath, CheckpointsPath];

    private readonly IDiskFile _lock;

    private DataDirectory(
        IDiskFile heldLock,
        DirectoryIdentity identity,
        bool isNew,
        WriteAheadLog log,
        ChangeSegments segments,
        CheckpointFolder checkpoints)
    {
        _lock = heldLock;
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

    /// <summary>The changes of the keyspace.</summary>
    public ChangeSegments Segments { get; }

    /// <summary>The checkpoints; <see cref="CheckpointFolder.Newest"/> is where the member starts from.</summary>
    public CheckpointFolder Checkpoints { get; }

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
            if (!disk.Exists(IdentityPath))
            {
                RefuseForeign(disk);
                return null;
            }

            using var file = disk.Open(IdentityPath);
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
    /// <exception cref="DataDirectoryException">It is in use, another program's, another member's or too new.</exception>
    /// <exception cref="DamageException">It is damaged: which file, where, and what to do.</exception>
    /// <exception cref="DiskFailureException">The disk failed.</exception>
    public static DataDirectory Open(IDisk disk, DirectoryIdentity identity, DirectorySettings settings)
    {
        settings.Require();
        IDiskFile? heldLock = null;
        try
        {
            if (!disk.Exists(IdentityPath))
            {
                RefuseForeign(disk);
            }

            heldLock = Lock(disk);
            return Open(disk, heldLock, identity, settings);
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

    /// <summary>Closes everything and gives the lock up.</summary>
    public void Dispose()
    {
        Log.Dispose();
        Segments.Dispose();
        _lock.Dispose();
    }

    private static DataDirectory Open(
        IDisk disk, IDiskFile heldLock, DirectoryIdentity identity, DirectorySettings settings)
    {
        var isNew = !disk.Exists(IdentityPath);
        if (isNew)
        {
            Create(disk, identity, settings.Log);
        }

        // A process that was killed may have left names that a loss of power would still take away.
        disk.SyncDirectory("");
        disk.SyncDirectory(Home);
        RequireSame(disk, identity);
        RequireFolders(disk);
        var failStop = new FailStop();
        var checkpoints = CheckpointFolder.Open(disk, CheckpointsPath, identity.Number, failStop);
        var segments = new ChangeSegments(
            new SegmentFolder(disk, SegmentsPath),
            new SegmentOwner(identity.Number, identity.Group, identity.Incarnation),
            settings.Segments,
            failStop);
        WriteAheadLog? log = null;
        try
        {
            log = WriteAheadLog.Open(
                disk, LogPath, identity.Number, [(identity.Group, identity.Incarnation)], settings.Log, failStop);
            RequireFit(disk, log[identity.Group], checkpoints.Newest);
            segments.Open(
                checkpoints.Newest?.Segments ?? [],
                checkpoints.Previous?.Segments.Select(extent => extent.Segment) ?? []);
            checkpoints.Serve(segments);
            return new DataDirectory(heldLock, identity, isNew, log, segments, checkpoints);
        }
        catch (IOException)
        {
            log?.Dispose();
            segments.Dispose();
            throw;
        }
    }

    private static void RefuseForeign(IDisk disk)
    {
        if (disk.Exists("member"))
        {
            throw new DataDirectoryException(
                disk.Root,
                "it holds etcd's own data (member/), which must be imported: save a snapshot from the running etcd with "
                + "'etcdctl snapshot save FILE', then run 'storectl snapshot restore FILE --data-dir DIR' into an empty "
                + "directory and start from that one");
        }
    }

    private static IDiskFile Lock(IDisk disk)
    {
        disk.MakeDirectory(Home);
        var file = disk.Exists(LockPath) ? disk.Open(LockPath) : disk.Create(LockPath);
        if (file.TryLock())
        {
            return file;
        }

        file.Dispose();
        throw new DataDirectoryException(
            disk.Root, "another process uses it; stop that one first, or choose another directory");
    }

    // Until the identity stands, nothing was ever written by a running member; what lies around is of an attempt to
    // create the directory that a crash ended.
    private static void Create(IDisk disk, DirectoryIdentity identity, LogSettings settings)
    {
        foreach (var folder in Folders)
        {
            disk.MakeDirectory(folder);
        }

        RequireUnused(disk);
        foreach (var name in disk.List(LogPath))
        {
            disk.Delete($"{LogPath}/{name}");
        }

        WriteAheadLog.Create(disk, LogPath, identity.Number, settings);
        if (disk.Exists(UnfinishedIdentityPath))
        {
            disk.Delete(UnfinishedIdentityPath);
        }

        using (var file = disk.Create(UnfinishedIdentityPath))
        {
            file.Write(identity.Encode(), 0);
            file.Sync();
        }

        disk.SyncDirectory("");
        disk.SyncDirectory(Home);
        disk.Rename(UnfinishedIdentityPath, IdentityPath);
    }

    private static void RequireUnused(IDisk disk)
    {
        var isUsed = disk.List(SegmentsPath).Count > 0 || disk.List(CheckpointsPath).Count > 0
            || disk.List(LogPath).Any(name => HasRecords(disk, $"{LogPath}/{name}"));
        if (isUsed)
        {
            throw new DataDirectoryException(
                $"{disk.Root}/{IdentityPath}",
                "the file is missing, and the directory holds data; put it back, or restore this member from a backup");
        }
    }

    private static bool HasRecords(IDisk disk, string path)
    {
        using var file = disk.Open(path);
        var first = new byte[LogRecord.HeaderBytes];
        file.Read(first, LogSegmentHead.SizeBytes);
        return first.AsSpan().ContainsAnyExcept((byte)0);
    }

    private static void RequireFolders(IDisk disk)
    {
        foreach (var folder in Folders)
        {
            if (!disk.Exists(folder))
            {
                throw new DamageException(
                    $"{disk.Root}/{folder}", 0, "the folder is missing",
                    "Put it back, or restore this member from a backup.");
            }

            // One that exists is checked: nobody else may write to it.
            disk.MakeDirectory(folder);
        }
    }

    private static void RequireSame(IDisk disk, DirectoryIdentity identity)
    {
        using var file = disk.Open(IdentityPath);
        var found = DirectoryIdentity.Read(file);
        if (found != identity)
        {
            throw new DataDirectoryException(
                disk.Root,
                $"it holds {Describe(found)}, and this process is {Describe(identity)}; name the right directory");
        }
    }

    private static string Describe(DirectoryIdentity identity) =>
        $"member {identity.Member} of cluster {identity.ClusterId:x}, group {identity.Group}, incarnation "
        + $"{identity.Incarnation}";

    private static void RequireFit(IDisk disk, GroupLog log, Checkpoint? checkpoint)
    {
        var (applied, term) = checkpoint is null
            ? (LogIndex.None, Term.None)
            : (checkpoint.Applied, checkpoint.AppliedTerm);
        if (log.TermAt(applied) != term)
        {
            throw new DamageException(
                $"{disk.Root}/{LogPath}",
                0,
                $"the newest checkpoint ends with entry {applied} of term {term}, and the log holds entries "
                    + $"[{log.FirstIndex}, {log.LastIndex}], with term {log.TermAt(applied)?.ToString() ?? "unknown"} there",
                DamageException.UsualRemedy);
        }
    }
}
