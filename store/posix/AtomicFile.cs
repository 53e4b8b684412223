using System.Security.Cryptography;

namespace Sync.Posix;

/// <summary>
/// A file's next content, staged beside the file under a name of its own and put in its place in one
/// indivisible step. Whoever opens the target sees the old content or the new one, whole, at every moment
/// and after any crash.
/// </summary>
/// <remarks>
/// Order: create exclusively in the target's own folder with the final owner and mode, write, fsync the
/// file, rename, fsync the folder. A staged file that is disposed without <see cref="Commit"/> is removed; one
/// that a crash leaves behind is named <c>.NAME.XXXXXXXX.staged</c> and harmless.
/// </remarks>
public sealed class AtomicFile : IDisposable
{
    /// <summary>The end of every staged file's name.</summary>
    public const string StagedSuffix = ".staged";

    private const int NameBytesMax = 255;

    private readonly PosixDirectory _folder;
    private readonly string _name;
    private readonly string _stagedName;
    private readonly bool _refusesSymbolicLink;
    private bool _isCommitted;

    private AtomicFile(PosixDirectory folder, string name, string stagedName, AtomicFileOptions options)
    {
        _folder = folder;
        _name = name;
        _stagedName = stagedName;
        _refusesSymbolicLink = options.RefusesSymbolicLink;
    }

    /// <summary>The file that <see cref="Commit"/> replaces.</summary>
    public string TargetPath => Path.Combine(_folder.Path, _name);

    /// <summary>The staged file, complete and closed: a command may check it before <see cref="Commit"/>.</summary>
    public string StagedPath => Path.Combine(_folder.Path, _stagedName);

    /// <summary>Replaces a file's content at once.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="content">The whole new content.</param>
    /// <param name="options">Mode, owner and limits.</param>
    /// <exception cref="PosixException">The target is as it was.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content, AtomicFileOptions options)
    {
        using var staged = Stage(path, content, options);
        staged.Commit();
    }

    /// <summary>Writes and syncs the next content beside the file, without touching the file.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="content">The whole new content.</param>
    /// <param name="options">Mode, owner and limits.</param>
    /// <exception cref="PosixException">
    /// Nothing was staged; EXDEV when the path leads out of <see cref="AtomicFileOptions.Root"/>.
    /// </exception>
    public static AtomicFile Stage(string path, ReadOnlySpan<byte> content, AtomicFileOptions options)
    {
        var name = Path.GetFileName(path);
        if (name.Length == 0 || name is "." or "..")
        {
            throw new ArgumentException($"{path} does not name a file.", nameof(path));
        }

        var staged = new AtomicFile(OpenFolder(path, options), name, StagedName(name), options);
        try
        {
            staged.RequireReplaceable();
            staged.Write(content, options);
            return staged;
        }
        catch (PosixException)
        {
            staged.Dispose();
            throw;
        }
    }

    /// <summary>Puts the staged content in place and waits until that is durable.</summary>
    /// <exception cref="PosixException">
    /// From <c>rename</c>: the target is as it was; EBUSY when it is a mount point. From <c>fsync</c>: the
    /// target is replaced, but may be the old one again after a power loss.
    /// </exception>
    public void Commit()
    {
        RequireReplaceable();
        _folder.Rename(_stagedName, _name);
        _isCommitted = true;
        _folder.Sync();
    }

    /// <summary>Removes the staged file unless it was committed.</summary>
    public void Dispose()
    {
        try
        {
            if (!_isCommitted)
            {
                _folder.Unlink(_stagedName);
            }
        }
        catch (PosixException)
        {
            // The leftover is harmless and its folder may be gone; an error here would hide the first one.
        }
        finally
        {
            _folder.Dispose();
        }
    }

    private static PosixDirectory OpenFolder(string path, AtomicFileOptions options)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        if (options.Root is null)
        {
            return PosixDirectory.Open(folder);
        }

        using var root = PosixDirectory.Open(options.Root);
        return root.OpenBeneath(Path.GetRelativePath(options.Root, folder));
    }

    private static string StagedName(string name)
    {
        var suffix = $".{RandomNumberGenerator.GetHexString(8, lowercase: true)}{StagedSuffix}";
        var kept = name;
        while (System.Text.Encoding.UTF8.GetByteCount(kept) + suffix.Length + 1 > NameBytesMax)
        {
            kept = kept[..^1];
        }

        return $".{kept}{suffix}";
    }

    private void Write(ReadOnlySpan<byte> content, AtomicFileOptions options)
    {
        const OpenOptions fresh =
            OpenOptions.ReadWrite | OpenOptions.Create | OpenOptions.Exclusive | OpenOptions.NoFollow;
        const UnixFileMode closed = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = _folder.OpenFile(_stagedName, fresh, closed);
        if (options.User is not null || options.Group is not null)
        {
            file.ChangeOwner(options.User, options.Group);
        }

        file.ChangeMode(options.Mode);
        file.Write(content, 0);
        file.Sync();
    }

    private void RequireReplaceable()
    {
        var kind = _folder.StatusOf(_name)?.Kind;
        if (kind == FileKind.SymbolicLink && _refusesSymbolicLink)
        {
            throw new PosixException("replace", TargetPath, Errno.Loop);
        }

        if (kind == FileKind.Directory)
        {
            throw new PosixException("replace", TargetPath, Errno.IsDirectory);
        }
    }
}
