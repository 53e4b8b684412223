using Sync.Confd.Files;

namespace Sync.Confd.Sources;

/// <summary>Reports that something happened in the folders of some paths, without saying what.</summary>
/// <param name="stir">Called on any thread for each report.</param>
internal sealed class WatchedFolders(Action stir) : IDisposable
{
    private readonly Dictionary<string, FileSystemWatcher> _watchers = new(StringComparer.Ordinal);

    /// <summary>Watches the paths that are folders, and the folders of those that are files.</summary>
    /// <remarks>Folders that are gone are dropped, so that they are watched anew when they come back.</remarks>
    public void Watch(IReadOnlyCollection<string> paths)
    {
        var wanted = paths.SelectMany(FoldersOf).Where(Directory.Exists).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _watchers.Keys.Except(wanted).ToList())
        {
            _watchers.Remove(gone, out var watcher);
            watcher?.Dispose();
        }

        foreach (var folder in wanted.Except(_watchers.Keys).ToList())
        {
            // A folder that was named is read whole; one that only holds a named file is not looked into further.
            _watchers.Add(folder, Start(folder, isDeep: paths.Contains(folder)));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var watcher in _watchers.Values)
        {
            watcher.Dispose();
        }
    }

    private static IEnumerable<string> FoldersOf(string path)
    {
        if (Directory.Exists(path))
        {
            return [path];
        }

        return new[] { path, Links.Resolve(path) }
            .Select(file => Path.GetDirectoryName(Path.GetFullPath(file)) ?? "/");
    }

    private FileSystemWatcher Start(string folder, bool isDeep)
    {
        var watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = isDeep };
        watcher.Changed += (_, _) => stir();
        watcher.Created += (_, _) => stir();
        watcher.Deleted += (_, _) => stir();
        watcher.Renamed += (_, _) => stir();
        watcher.Error += (_, _) => stir();
        watcher.EnableRaisingEvents = true;
        return watcher;
    }
}
