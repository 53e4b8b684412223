namespace Sync.Posix;

/// <summary>How <see cref="AtomicFile"/> replaces a file.</summary>
public sealed record AtomicFileOptions
{
    /// <summary>Permission bits of the new file, exact whatever the umask. Default 0644.</summary>
    public UnixFileMode Mode { get; init; } =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Id of the owning user; null (default) leaves the user of this process.</summary>
    public uint? User { get; init; }

    /// <summary>Id of the owning group; null (default) leaves the group that the system gives.</summary>
    public uint? Group { get; init; }

    /// <summary>
    /// Refuses with ELOOP when the target is a symbolic link. By default (false) the link itself is
    /// replaced by a regular file; it is followed in no case.
    /// </summary>
    public bool RefusesSymbolicLink { get; init; }

    /// <summary>
    /// Absolute path of a folder that the target must lie in, with every symbolic link on the way resolved
    /// by the kernel; null (default) for anywhere.
    /// </summary>
    public string? Root { get; init; }
}
