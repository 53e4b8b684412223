using Sync.Disk;
using Sync.Disk.Snapshots;
using Sync.Store.Ctl.Options;

namespace Sync.Store.Ctl.Requests;

/// <summary>Where a member is made from a saved snapshot.</summary>
/// <param name="Data">The data directory.</param>
/// <param name="Log">The log's own folder; null when the log lies in the data directory.</param>
internal sealed record RestoredFolders(string Data, string? Log)
{
    /// <summary>The flags that start a store on them.</summary>
    public string Flags => Log is null ? $"--data-dir {Data}" : $"--data-dir {Data} --wal-dir {Log}";

    /// <summary>Makes the member. Of a snapshot that is refused, nothing stays behind.</summary>
    /// <param name="plan">What the member is to be.</param>
    /// <param name="source">Whose snapshot it is, for messages.</param>
    /// <param name="bytes">The snapshot.</param>
    /// <returns>What the snapshot said of itself.</returns>
    /// <exception cref="ControlFailure">A folder is not empty.</exception>
    public SnapshotManifest Fill(SnapshotRestore plan, string source, SnapshotBytes bytes)
    {
        RequireEmpty("data-dir", Data);
        RequireEmpty("wal-dir", Log);
        var (makesData, makesLog) = (!Directory.Exists(Data), !Directory.Exists(Log));
        try
        {
            IDisk data = PosixDisk.Prepare(Data);
            return DataDirectory.Restore(
                Log is null ? data : DiskPair.Prepare(data, Log), plan, source, bytes, new DirectorySettings());
        }
        catch (SnapshotException)
        {
            // Nothing but an empty skeleton is there; without it, the command can be repeated.
            Remove(Log, makesLog);
            Remove(Data, makesData);
            throw;
        }
    }

    private static void RequireEmpty(string flag, string? folder)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new ControlFailure(ExitCode.Error, $"{flag} \"{folder}\" not empty or could not be read");
        }
    }

    // A folder that was there before was empty.
    private static void Remove(string? folder, bool wasMade)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (var inside in new DirectoryInfo(folder).EnumerateDirectories())
        {
            inside.Delete(recursive: true);
        }

        foreach (var file in new DirectoryInfo(folder).EnumerateFiles())
        {
            file.Delete();
        }

        if (wasMade)
        {
            Directory.Delete(folder);
        }
    }
}
