namespace Sync.Posix;

/// <summary>What the system lets this process have.</summary>
public static class ProcessLimits
{
    /// <summary>How many files and sockets may be open at a time; the runtime has raised it as far as it may.</summary>
    /// <exception cref="PosixException">The system does not say.</exception>
    public static long OpenFilesMax() =>
        Libc.ResourceLimit(Libc.OpenFiles, out var limits) == 0
            ? (long)Math.Min(limits.Soft, long.MaxValue)
            : throw new PosixException("getrlimit", "RLIMIT_NOFILE", Errno.Last());
}
