using Sync.Disk.Checkpoints;
using Sync.Disk.Segments;
using Sync.Disk.Snapshots;
using Sync.Disk.Wal;

namespace Sync.Disk;

/// <summary>Makes data directories, empty ones and such as begin with a snapshot. The identity is written last.</summary>
internal static class NewDirectory
{
    private const int PieceBytes = 64 * 1024;

    /// <summary>Makes an empty one.</summary>
    /// <remarks>
    /// Until the identity stands, nothing was ever written by a running member; what lies around is of an attempt to
    /// create the directory that a crash ended.
    /// </remarks>
    internal static void Create(IDisk disk, DirectoryIdentity identity, LogSettings settings, Checkpoint? beginning)
    {
        var paths = DirectoryPaths.Of(identity.Incarnation);
        MakeFolders(disk, paths);
        if ((Used(disk, paths) ?? UsedByOthers(disk, paths)) is { } used)
        {
            throw new DataDirectoryException(
                disk.PathOf(DirectoryPaths.Identity),
                $"the file is missing, and {disk.PathOf(used)} holds data; put it back, or restore this member from a backup, "
                + "into an empty folder if this one is another member's or of a restore that did not end");
        }

        CreateLog(disk, paths, identity, settings);
        foreach (var name in disk.List(paths.Checkpoints))
        {
            disk.Delete($"{paths.Checkpoints}/{name}");
        }

        if (beginning is not null)
        {
            CheckpointFolder.Create(disk, paths.Checkpoints, identity.Number, beginning);
        }

        WriteIdentity(disk, identity);
    }

    /// <summary>Makes one that begins with a snapshot.</summary>
    /// <returns>Whose it is, and what the snapshot said of itself.</returns>
    /// <exception cref="SnapshotException">The snapshot is damaged; the directory is as good as empty.</exception>
    /// <exception cref="DataDirectoryException">The directory holds data, or is in use.</exception>
    internal static (DirectoryIdentity Identity, SnapshotManifest Manifest) Restore(
        IDisk disk, SnapshotRestore restore, string source, SnapshotBytes bytes, DirectorySettings settings)
    {
        RefuseForeign(disk);
        using var held = DirectoryLock.Take(disk);
        var used = disk.Exists(DirectoryPaths.Identity)
            ? DirectoryPaths.Identity
            : UsedByOthers(disk, DirectoryPaths.Of(default));
        if (used is not null)
        {
            throw new DataDirectoryException(
                disk.PathOf(used),
                "it holds data already, or an unfinished restore; name a folder that is empty or does not exist");
        }

        return Fill(disk, restore, source, bytes, settings);
    }

    /// <summary>
    /// Makes the folders of a new life from a snapshot, whole and durable; then the identity, in one step, says that it
    /// counts.
    /// </summary>
    internal static (DirectoryIdentity Identity, SnapshotManifest Manifest) Fill(
        IDisk disk, SnapshotRestore restore, string source, SnapshotBytes bytes, DirectorySettings settings)
    {
        using var decoder = new SnapshotDecoder(source, requiresDigest: !restore.SkipsDigest);
        ReceivedSegments? segments = null;
        try
        {
            var piece = new byte[PieceBytes];
            for (var count = bytes(piece); count > 0; count = bytes(piece))
            {
                ReadOnlySpan<byte> rest = piece.AsSpan(0, count);
                while (decoder.Take(ref rest) && decoder.Manifest is { } begun)
                {
                    segments ??= BeginSegments(disk, restore.IdentityFrom(begun), settings);
                    foreach (var (change, _, _) in decoder.Changes())
                    {
                        segments.Append(change);
                    }
                }
            }

            decoder.RequireEnd();
        }
        catch (SnapshotException)
        {
            segments?.Discard();
            throw;
        }

        Invariant.Require(segments is not null && decoder.Manifest is not null, "a whole snapshot has a manifest");
        var manifest = decoder.Manifest;
        var identity = restore.IdentityFrom(manifest);
        var paths = DirectoryPaths.Of(identity.Incarnation);
        segments.Finish();
        segments.Keep();
        CreateLog(disk, paths, identity, settings.Log);
        CheckpointFolder.Create(
            disk,
            paths.Checkpoints,
            identity.Number,
            restore.StateFrom(manifest) with { Segments = segments.Extents, IsInstalled = true });
        WriteIdentity(disk, identity);
        disk.SyncDirectory(DirectoryPaths.Home);
        return (identity, manifest);
    }

    /// <summary>Removes the files of other lives: of one that is over, or of one that a crash kept from beginning.</summary>
    internal static void RemoveOthers(IDisk disk, DirectoryPaths paths)
    {
        foreach (var folder in paths.OthersOn(disk).ToList())
        {
            foreach (var name in disk.List(folder))
            {
                disk.Delete($"{folder}/{name}");
            }
        }
    }

    /// <exception cref="DataDirectoryException">The directory is another program's.</exception>
    internal static void RefuseForeign(IDisk disk)
    {
        if (disk.Exists("member"))
        {
            throw new DataDirectoryException(
                disk.Root,
                "it holds etcd's own data (member/), which this store cannot read: start the store with an empty directory and "
                + "copy the keys from the running etcd with 'storectl --endpoints ETCD make-mirror STORE'");
        }
    }

    private static ReceivedSegments BeginSegments(IDisk disk, DirectoryIdentity identity, DirectorySettings settings)
    {
        var paths = DirectoryPaths.Of(identity.Incarnation);
        MakeFolders(disk, paths);
        return new ReceivedSegments(
            new SegmentFolder(disk, paths.Segments), identity.SegmentOwner, settings.Segments.SegmentBytes);
    }

    private static void MakeFolders(IDisk disk, DirectoryPaths paths)
    {
        foreach (var folder in paths.Folders)
        {
            disk.MakeDirectory(folder);
        }
    }

    private static void CreateLog(IDisk disk, DirectoryPaths paths, DirectoryIdentity identity, LogSettings settings)
    {
        foreach (var name in disk.List(paths.Log))
        {
            disk.Delete($"{paths.Log}/{name}");
        }

        WriteAheadLog.Create(disk, paths.Log, identity.Number, settings);
    }

    private static void WriteIdentity(IDisk disk, DirectoryIdentity identity)
    {
        if (disk.Exists(DirectoryPaths.UnfinishedIdentity))
        {
            disk.Delete(DirectoryPaths.UnfinishedIdentity);
        }

        using (var file = disk.Create(DirectoryPaths.UnfinishedIdentity))
        {
            file.Write(identity.Encode(), 0);
            file.Sync();
        }

        disk.SyncDirectory("");
        disk.SyncDirectory(DirectoryPaths.Home);
        disk.Rename(DirectoryPaths.UnfinishedIdentity, DirectoryPaths.Identity);
    }

    private static string? UsedByOthers(IDisk disk, DirectoryPaths paths) =>
        paths.OthersOn(disk).FirstOrDefault(folder => disk.List(folder).Count > 0);

    // The first folder that a member which ran has filled.
    private static string? Used(IDisk disk, DirectoryPaths paths) =>
        disk.List(paths.Segments).Count > 0 ? paths.Segments
        : disk.List(paths.Checkpoints).Any(name => !CheckpointFolder.IsOfBeginning(name)) ? paths.Checkpoints
        : disk.List(paths.Log).Any(name => HasRecords(disk, $"{paths.Log}/{name}")) ? paths.Log
        : null;

    private static bool HasRecords(IDisk disk, string path)
    {
        using var file = disk.Open(path);
        var first = new byte[LogRecord.HeaderBytes];
        file.Read(first, LogSegmentHead.SizeBytes);
        return first.AsSpan().ContainsAnyExcept((byte)0);
    }
}
