namespace Sync.Posix;

/// <summary>What kind of thing a path names.</summary>
public enum FileKind
{
    /// <summary>A device, a socket, a pipe.</summary>
    Other,

    /// <summary>A regular file.</summary>
    Regular,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link, itself, not what it points to.</summary>
    SymbolicLink,
}

/// <summary>The status of a file: kind, mode, owner, size and identity.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Mode">The permission bits, set-id and sticky bits included.</param>
/// <param name="User">Id of the owning user.</param>
/// <param name="Group">Id of the owning group.</param>
/// <param name="SizeBytes">Size in bytes.</param>
/// <param name="Inode">The inode; with <paramref name="Device"/> it identifies the file.</param>
/// <param name="Device">The device, major number in the upper 32 bits.</param>
/// <param name="Links">Number of names that the file has.</param>
public sealed record FileStatus(
    FileKind Kind, UnixFileMode Mode, uint User, uint Group, long SizeBytes, ulong Inode, ulong Device, uint Links)
{
    /// <summary>Reads the status of a path.</summary>
    /// <param name="path">The path; a symbolic link at its end is not followed.</param>
    /// <returns>The status, or null when nothing is there.</returns>
    /// <exception cref="PosixException">The path could not be looked at.</exception>
    public static FileStatus? Of(string path)
    {
        if (Libc.Status(Libc.CurrentDirectory, path, Libc.NoFollowAt, Libc.BasicStatus, out var status) == 0)
        {
            return From(status);
        }

        var error = Errno.Last();
        return error == Errno.NotFound ? null : throw new PosixException("statx", path, error);
    }

    internal static FileStatus From(in Libc.Statx status) => new(
        (status.Mode & 0xF000) switch
        {
            0x8000 => FileKind.Regular,
            0x4000 => FileKind.Directory,
            0xA000 => FileKind.SymbolicLink,
            _ => FileKind.Other,
        },
        (UnixFileMode)(status.Mode & 0xFFF),
        status.User,
        status.Group,
        (long)status.Size,
        status.Inode,
        ((ulong)status.DeviceMajor << 32) | status.DeviceMinor,
        status.Links);
}
