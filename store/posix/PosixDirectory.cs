using Microsoft.Win32.SafeHandles;

namespace Sync.Posix;

/// <summary>
/// An open directory. Names are looked up in the directory itself, so that a parent which is swapped
/// meanwhile changes nothing; its entries are durable after <see cref="Sync"/>.
/// </summary>
public sealed class PosixDirectory : IDisposable
{
    private const ulong ResolveNoMagicLinks = 0x02;
    private const ulong ResolveBeneath = 0x08;

    private readonly SafeFileHandle _handle;

    private PosixDirectory(SafeFileHandle handle, string path)
    {
        _handle = handle;
        Path = path;
    }

    /// <summary>The path under which the directory was opened; used in messages.</summary>
    public string Path { get; }

    /// <summary>Opens a directory.</summary>
    /// <param name="path">The path.</param>
    /// <param name="options">
    /// <see cref="OpenOptions.NoFollow"/> to refuse a symbolic link at the end of the path.
    /// </param>
    /// <exception cref="PosixException">It could not be opened.</exception>
    public static PosixDirectory Open(string path, OpenOptions options = OpenOptions.Read)
    {
        var descriptor = Libc.Open(path, OpenFlags.From(options | OpenOptions.Directory), 0);
        return new PosixDirectory(Descriptor.Require(descriptor, "open", path), path);
    }

    /// <summary>Opens a directory below this one and refuses every way out of it.</summary>
    /// <param name="relativePath">The path from here, without a leading slash; <c>.</c> is this one.</param>
    /// <exception cref="PosixException">
    /// It could not be opened; EXDEV when <c>..</c> or a symbolic link leads outside.
    /// </exception>
    /// <remarks>Source: openat2(2), RESOLVE_BENEATH.</remarks>
    public PosixDirectory OpenBeneath(string relativePath)
    {
        var how = new Libc.OpenHow
        {
            Flags = (ulong)OpenFlags.From(OpenOptions.Directory),
            Resolve = ResolveBeneath | ResolveNoMagicLinks,
        };
        var path = System.IO.Path.Combine(Path, relativePath);
        var descriptor = Libc.OpenAt2(Libc.OpenAt2Number, _handle, relativePath, how, 3 * sizeof(ulong));
        return new PosixDirectory(Descriptor.Require(descriptor, "openat2", path), path);
    }

    /// <summary>How much of its file system this user may still fill, in bytes.</summary>
    /// <exception cref="PosixException">It could not be told.</exception>
    /// <remarks>Source: statvfs(3).</remarks>
    public long FreeBytes()
    {
        if (Libc.FileSystemStatus(_handle, out var status) != 0)
        {
            throw new PosixException("fstatvfs", Path, Errno.Last());
        }

        // Some file systems claim to have no end.
        return (long)UInt128.Min(status.FragmentSize * (UInt128)status.AvailableBlocks, long.MaxValue);
    }

    /// <summary>Makes a directory with these permission bits exactly, whatever the umask.</summary>
    /// <returns>False when the name was taken; its mode is left alone then.</returns>
    /// <exception cref="PosixException">It could not be made.</exception>
    public static bool Make(string path, UnixFileMode mode)
    {
        if (Libc.MakeDirectory(path, (uint)mode) != 0)
        {
            var error = Errno.Last();
            return error == Errno.Exists ? false : throw new PosixException("mkdir", path, error);
        }

        using var made = Open(path, OpenOptions.NoFollow);
        made.ChangeMode(mode);
        return true;
    }

    /// <summary>Opens a file of this directory.</summary>
    /// <param name="name">A name without slashes.</param>
    /// <param name="options">How to open it.</param>
    /// <param name="mode">Permission bits of a file that is created exclusively, exact whatever the umask.</param>
    /// <exception cref="PosixException">The file could not be opened or created.</exception>
    public PosixFile OpenFile(string name, OpenOptions options, UnixFileMode mode = UnixFileMode.None) =>
        PosixFile.OpenAt(_handle, Path, name, options, mode);

    /// <summary>Gives a file a new name here, replacing what bore it, in one indivisible step.</summary>
    /// <exception cref="PosixException">
    /// Nothing changed; EXDEV and EBUSY are reported, never worked around by copying.
    /// </exception>
    public void Rename(string source, string target)
    {
        if (Libc.RenameAt(_handle, source, _handle, target) != 0)
        {
            throw new PosixException("rename", Pair(source, target), Errno.Last());
        }
    }

    /// <summary>Gives a file a second name here.</summary>
    /// <exception cref="PosixException">Nothing changed; EEXIST when the name is taken.</exception>
    public void Link(string source, string target)
    {
        if (Libc.LinkAt(_handle, source, _handle, target, 0) != 0)
        {
            throw new PosixException("link", Pair(source, target), Errno.Last());
        }
    }

    /// <summary>Takes a file's name away.</summary>
    /// <returns>False when there was none.</returns>
    /// <exception cref="PosixException">The name is still there.</exception>
    public bool Unlink(string name)
    {
        if (Libc.UnlinkAt(_handle, name, 0) == 0)
        {
            return true;
        }

        var error = Errno.Last();
        return error == Errno.NotFound
            ? false
            : throw new PosixException("unlink", System.IO.Path.Combine(Path, name), error);
    }

    /// <summary>The status of an entry.</summary>
    /// <param name="name">A name without slashes; a symbolic link is not followed.</param>
    /// <returns>The status, or null when there is no such entry.</returns>
    /// <exception cref="PosixException">It could not be read.</exception>
    public FileStatus? StatusOf(string name)
    {
        if (Libc.StatusAt(_handle, name, Libc.NoFollowAt, Libc.BasicStatus, out var status) == 0)
        {
            return FileStatus.From(status);
        }

        var error = Errno.Last();
        return error == Errno.NotFound
            ? null
            : throw new PosixException("statx", System.IO.Path.Combine(Path, name), error);
    }

    /// <summary>Sets the permission bits of the directory.</summary>
    /// <exception cref="PosixException">They could not be set.</exception>
    public void ChangeMode(UnixFileMode mode)
    {
        if (Libc.ChangeMode(_handle, (uint)mode) != 0)
        {
            throw new PosixException("fchmod", Path, Errno.Last());
        }
    }

    /// <summary>Waits until the entries (created, renamed, unlinked names) are on the device.</summary>
    /// <exception cref="PosixException">They may not be there.</exception>
    public void Sync()
    {
        if (Libc.Sync(_handle) != 0)
        {
            throw new PosixException("fsync", Path, Errno.Last());
        }
    }

    /// <summary>Closes the directory.</summary>
    public void Dispose() => _handle.Dispose();

    private string Pair(string source, string target) =>
        $"{System.IO.Path.Combine(Path, source)} to {System.IO.Path.Combine(Path, target)}";
}
