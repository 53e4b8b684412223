namespace Sync.Disk;

/// <summary>Keeps other processes out of a data directory, and out of its log's folder where that lies apart.</summary>
internal sealed class DirectoryLock : IDisposable
{
    private readonly List<IDiskFile> _files = [];

    private DirectoryLock()
    {
    }

    /// <summary>Takes the lock until it is disposed.</summary>
    /// <exception cref="DataDirectoryException">Another process has it.</exception>
    internal static DirectoryLock Take(IDisk disk)
    {
        disk.MakeDirectory(DirectoryPaths.Home);
        var held = new DirectoryLock();
        try
        {
            held.Add(disk, DirectoryPaths.Lock);
            if (disk.HasLogApart)
            {
                held.Add(disk, DirectoryPaths.LogLock);
            }

            return held;
        }
        catch (IOException)
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Gives the lock up.</summary>
    public void Dispose() => _files.ForEach(file => file.Dispose());

    private void Add(IDisk disk, string path)
    {
        var file = disk.Exists(path) ? disk.Open(path) : disk.Create(path);
        _files.Add(file);
        if (!file.TryLock())
        {
            throw new DataDirectoryException(
                Path.GetDirectoryName(disk.PathOf(path)) ?? disk.Root,
                "another process uses it; stop that one first, or choose another directory");
        }
    }
}
