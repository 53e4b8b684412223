using System.Runtime.InteropServices;

namespace Sync.Posix;

/// <summary>An error number of the C library, with Linux's numbering.</summary>
/// <param name="Number">The value of <c>errno</c>, above 0.</param>
/// <remarks>Source: errno(3).</remarks>
public readonly record struct Errno(int Number)
{
    /// <summary>No such file or directory.</summary>
    public static readonly Errno NotFound = new(2);

    /// <summary>No such process.</summary>
    public static readonly Errno NoProcess = new(3);

    /// <summary>A signal interrupted the call before it did anything.</summary>
    public static readonly Errno Interrupted = new(4);

    /// <summary>The device could not read or write.</summary>
    public static readonly Errno InputOutput = new(5);

    /// <summary>The descriptor is not open, or not for this use.</summary>
    public static readonly Errno BadDescriptor = new(9);

    /// <summary>Somebody else holds what was asked for.</summary>
    public static readonly Errno WouldBlock = new(11);

    /// <summary>The file's mode or a parent folder's denies the access.</summary>
    public static readonly Errno AccessDenied = new(13);

    /// <summary>The file is in use by the system, for example as the target of a bind mount.</summary>
    public static readonly Errno Busy = new(16);

    /// <summary>The name is taken.</summary>
    public static readonly Errno Exists = new(17);

    /// <summary>The two names are on different file systems.</summary>
    public static readonly Errno CrossDevice = new(18);

    /// <summary>A part of the path is not a directory.</summary>
    public static readonly Errno NotDirectory = new(20);

    /// <summary>The path is a directory.</summary>
    public static readonly Errno IsDirectory = new(21);

    /// <summary>This process has no descriptor left.</summary>
    public static readonly Errno TooManyOpenFiles = new(24);

    /// <summary>The file is a running program.</summary>
    public static readonly Errno TextBusy = new(26);

    /// <summary>The file would pass the limit for a file's size.</summary>
    public static readonly Errno FileTooBig = new(27);

    /// <summary>The file system is full.</summary>
    public static readonly Errno NoSpace = new(28);

    /// <summary>The file system is mounted read-only.</summary>
    public static readonly Errno ReadOnlyFileSystem = new(30);

    /// <summary>A symbolic link stands where none is allowed.</summary>
    public static readonly Errno Loop = new(40);

    /// <summary>The file system does not offer the operation.</summary>
    public static readonly Errno NotSupported = new(95);

    /// <summary>The user's or project's quota is used up.</summary>
    public static readonly Errno QuotaExceeded = new(122);

    /// <summary>The symbolic name, such as <c>ENOSPC</c>; <c>errno N</c> for a number without one here.</summary>
    public string Name => Number switch
    {
        1 => "EPERM",
        2 => "ENOENT",
        3 => "ESRCH",
        4 => "EINTR",
        5 => "EIO",
        9 => "EBADF",
        11 => "EAGAIN",
        12 => "ENOMEM",
        13 => "EACCES",
        16 => "EBUSY",
        17 => "EEXIST",
        18 => "EXDEV",
        19 => "ENODEV",
        20 => "ENOTDIR",
        21 => "EISDIR",
        22 => "EINVAL",
        23 => "ENFILE",
        24 => "EMFILE",
        26 => "ETXTBSY",
        27 => "EFBIG",
        28 => "ENOSPC",
        30 => "EROFS",
        31 => "EMLINK",
        36 => "ENAMETOOLONG",
        38 => "ENOSYS",
        39 => "ENOTEMPTY",
        40 => "ELOOP",
        95 => "EOPNOTSUPP",
        116 => "ESTALE",
        122 => "EDQUOT",
        _ => $"errno {Number}",
    };

    /// <summary>The C library's own words for the error.</summary>
    public string Description => Marshal.GetPInvokeErrorMessage(Number);

    /// <summary>What an operator can do about it, one sentence; empty when the name says it all.</summary>
    public string Remedy => Number switch
    {
        5 => "The device or its driver reports a fault: look at the kernel's log and replace the disk before "
            + "using it again.",
        13 or 1 => "Give the user this process runs as the right to the file and to the folders above it.",
        16 => "The file is a mount point (a bind mount, for example): it can be written in place, "
            + "but not replaced.",
        18 => "The two names lie on different file systems: keep both in one folder.",
        23 => "The machine has no file descriptor left: raise fs.file-max or close what leaks them.",
        24 => "This process has no file descriptor left: raise its limit (ulimit -n, LimitNOFILE=).",
        28 => "The file system is full: free space on it or make it larger, then start again.",
        30 => "The file system is mounted read-only: mount it for writing, and look at the kernel's log "
            + "if it became so by itself.",
        40 => "A symbolic link stands in the path where none is allowed: name the real folder.",
        122 => "The quota is used up: free space or raise the quota, then start again.",
        _ => "",
    };

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>The error of the call that this thread made last.</summary>
    internal static Errno Last() => new(Marshal.GetLastPInvokeError());
}
