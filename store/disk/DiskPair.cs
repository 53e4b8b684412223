namespace Sync.Disk;

/// <summary>
/// The disk of a member whose log lies in a folder of its own, as a rule on another device: what begins with <c>sync/wal</c>
/// is there, without the <c>sync/</c>, and all else in the data directory.
/// </summary>
/// <remarks>
/// The directory <c>sync/</c> is in both: it lists the log's folders with the rest, and a sync of it makes the names in both
/// durable. No rename leads from one to the other.
/// </remarks>
public sealed class DiskPair : IDisk
{
    private readonly IDisk _data;
    private readonly IDisk _log;

    private DiskPair(IDisk data, IDisk log) => (_data, _log) = (data, log);

    /// <inheritdoc/>
    public string Root => _data.Root;

    /// <inheritdoc/>
    public bool HasLogApart => true;

    /// <summary>Makes the log's folder as <see cref="PosixDisk.Prepare"/> does, and puts it together with the data.</summary>
    /// <param name="data">The data directory.</param>
    /// <param name="logFolder">The folder, of the real file system; the one above it exists.</param>
    /// <exception cref="DataDirectoryException">It cannot be the log's, or the log lies in the data directory.</exception>
    /// <exception cref="Sync.Posix.PosixException">It could not be made or looked at.</exception>
    public static DiskPair Prepare(IDisk data, string logFolder)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(logFolder));
        return IsInHome(data.Root, path)
            ? throw new DataDirectoryException(
                path, $"the log's folder may not lie in {data.PathOf(DirectoryPaths.Home)}; name another one with --wal-dir")
            : Of(data, PosixDisk.Prepare(path));
    }

    /// <summary>Puts a data directory and a log's folder together.</summary>
    /// <param name="data">The data directory.</param>
    /// <param name="log">The log's folder.</param>
    /// <exception cref="DataDirectoryException">The data directory has a log itself, or the other one is etcd's.</exception>
    /// <exception cref="Sync.Posix.PosixException">They could not be looked at.</exception>
    public static DiskPair Of(IDisk data, IDisk log)
    {
        if (log.List("").Any(name => name.EndsWith(".wal", StringComparison.Ordinal)))
        {
            throw new DataDirectoryException(
                log.Root, "it holds etcd's own log, which this store cannot read; name an empty folder with --wal-dir");
        }

        if (data.Exists(DirectoryPaths.Home) && LogOn(data, DirectoryPaths.Home) is { } held)
        {
            throw new DataDirectoryException(
                data.PathOf(held),
                LogOn(log, "") is { } other
                    ? $"it holds a log, and so does {log.PathOf(other)} below --wal-dir; keep the one that the member used last, "
                        + "and move the other away"
                    : $"it holds the log, and --wal-dir names {log.Root}; start without --wal-dir, or move the log there while "
                        + $"the store is stopped: cp -a {data.PathOf(DirectoryPaths.Home)}/wal* {log.Root}/ && sync && "
                        + $"rm -r {data.PathOf(DirectoryPaths.Home)}/wal*");
        }

        return new DiskPair(data, log);
    }

    /// <summary>Whether a folder is <c>sync/</c> of a data directory, or lies in it; both paths are whole.</summary>
    internal static bool IsInHome(string dataDirectory, string folder) =>
        $"{folder}/".StartsWith($"{dataDirectory.TrimEnd('/')}/{DirectoryPaths.Home}/", StringComparison.Ordinal);

    /// <inheritdoc/>
    public string PathOf(string path) => DiskOf(path).PathOf(On(path));

    /// <inheritdoc/>
    public long FreeBytesIn(string directory) => DiskOf(directory).FreeBytesIn(On(directory));

    /// <inheritdoc/>
    public void MakeDirectory(string directory) => DiskOf(directory).MakeDirectory(On(directory));

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string directory) => directory == DirectoryPaths.Home
        ? [.. _data.List(directory).Where(name => !DirectoryPaths.IsLog(name))
            .Concat(_log.List("").Where(DirectoryPaths.IsLog)).Order(StringComparer.Ordinal)]
        : DiskOf(directory).List(On(directory));

    /// <inheritdoc/>
    public bool Exists(string path) => DiskOf(path).Exists(On(path));

    /// <inheritdoc/>
    public IDiskFile Create(string path) => DiskOf(path).Create(On(path));

    /// <inheritdoc/>
    public IDiskFile Open(string path) => DiskOf(path).Open(On(path));

    /// <inheritdoc/>
    public void Rename(string source, string target)
    {
        Invariant.Require(IsOnLog(source) == IsOnLog(target), "a rename stays in its directory");
        DiskOf(source).Rename(On(source), On(target));
    }

    /// <inheritdoc/>
    public void Delete(string path) => DiskOf(path).Delete(On(path));

    /// <inheritdoc/>
    public void SyncDirectory(string directory)
    {
        if (directory == DirectoryPaths.Home)
        {
            _log.SyncDirectory("");
        }

        DiskOf(directory).SyncDirectory(On(directory));
    }

    private static string? LogOn(IDisk disk, string directory) => disk.List(directory)
        .Where(DirectoryPaths.IsLog)
        .Select(name => directory.Length == 0 ? name : $"{directory}/{name}")
        .FirstOrDefault(folder => disk.List(folder).Count > 0);

    private static bool IsOnLog(string path) => path.StartsWith(DirectoryPaths.LogPrefix, StringComparison.Ordinal);

    private IDisk DiskOf(string path) => IsOnLog(path) ? _log : _data;

    private static string On(string path) => IsOnLog(path) ? path[(DirectoryPaths.Home.Length + 1)..] : path;
}
