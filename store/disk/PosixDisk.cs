using Sync.Posix;

namespace Sync.Disk;

/// <summary>A folder of the real file system. Directories are made with mode 0700, files with 0600.</summary>
public sealed class PosixDisk : IDisk
{
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode DirectoryMode = FileMode | UnixFileMode.UserExecute;
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>The file system below a folder.</summary>
    /// <param name="root">An absolute path; the folder exists.</param>
    public PosixDisk(string root) => Root = root;

    /// <inheritdoc/>
    public string Root { get; }

    /// <summary>
    /// Makes the root folder, mode 0700, unless it exists, and refuses one that others could tamper with.
    /// </summary>
    /// <exception cref="DataDirectoryException">
    /// It is a symbolic link, not a folder, not owned by this user, or others may write to it.
    /// </exception>
    /// <exception cref="PosixException">It could not be made or looked at.</exception>
    public static PosixDisk Prepare(string root)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        if (FileStatus.Of(path) is null)
        {
            PosixDirectory.Make(path, DirectoryMode);
            using var parent = PosixDirectory.Open(Path.GetDirectoryName(path) ?? "/");
            parent.Sync();
        }

        RequirePrivate(path);
        return new PosixDisk(path);
    }

    /// <inheritdoc/>
    public long FreeBytesIn(string directory)
    {
        using var opened = PosixDirectory.Open(At(directory));
        return opened.FreeBytes();
    }

    /// <inheritdoc/>
    public void MakeDirectory(string directory)
    {
        PosixDirectory.Make(At(directory), DirectoryMode);
        RequirePrivate(At(directory));
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string directory)
    {
        var names = new List<string>();
        try
        {
            names.AddRange(Directory.EnumerateFileSystemEntries(At(directory)).Select(Path.GetFileName).OfType<string>());
        }
        catch (UnauthorizedAccessException)
        {
            throw new PosixException("opendir", At(directory), Errno.AccessDenied);
        }
        catch (DirectoryNotFoundException)
        {
            throw new PosixException("opendir", At(directory), Errno.NotFound);
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <inheritdoc/>
    public bool Exists(string path) => FileStatus.Of(At(path)) is not null;

    /// <inheritdoc/>
    public IDiskFile Create(string path)
    {
        const OpenOptions fresh =
            OpenOptions.ReadWrite | OpenOptions.Create | OpenOptions.Exclusive | OpenOptions.NoFollow;
        return new OpenFile(PosixFile.Open(At(path), fresh, FileMode));
    }

    /// <inheritdoc/>
    public IDiskFile Open(string path) =>
        new OpenFile(PosixFile.Open(At(path), OpenOptions.ReadWrite | OpenOptions.NoFollow));

    /// <inheritdoc/>
    public void Rename(string source, string target)
    {
        using var directory = PosixDirectory.Open(Path.GetDirectoryName(At(source)) ?? Root);
        directory.Rename(Path.GetFileName(source), Path.GetFileName(target));
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        using var directory = PosixDirectory.Open(Path.GetDirectoryName(At(path)) ?? Root);
        directory.Unlink(Path.GetFileName(path));
    }

    /// <inheritdoc/>
    public void SyncDirectory(string directory)
    {
        using var opened = PosixDirectory.Open(At(directory));
        opened.Sync();
    }

    private static void RequirePrivate(string path)
    {
        var status = FileStatus.Of(path);
        var fault = status switch
        {
            null => "it vanished while it was opened",
            { Kind: FileKind.SymbolicLink } => "it is a symbolic link; name the real folder",
            { Kind: not FileKind.Directory } => "it is not a folder; choose another name",
            _ when (status.Mode & OthersWrite) != 0 =>
                $"its group or others may write to it; run: chmod go-w '{path}'",
            _ when status.User != PosixUser.EffectiveId && PosixUser.EffectiveId != 0 =>
                $"it belongs to user {status.User}, and this process runs as user {PosixUser.EffectiveId}",
            _ => null,
        };

        if (fault is not null)
        {
            throw new DataDirectoryException(path, fault);
        }
    }

    private string At(string path) => Path.Combine(Root, path);

    /// <summary>A file as the operating system knows it.</summary>
    private sealed class OpenFile(PosixFile file) : IDiskFile
    {
        public string Path => file.Path;

        public long LengthBytes => file.Status().SizeBytes;

        public void Write(ReadOnlySpan<byte> bytes, long offset) => file.Write(bytes, offset);

        public int Read(Span<byte> bytes, long offset) => file.Read(bytes, offset);

        public void Sync() => file.SyncContent();

        public void Allocate(long lengthBytes) => file.Allocate(lengthBytes);

        public bool TryLock() => file.TryLock();

        public void Dispose() => file.Dispose();
    }
}
