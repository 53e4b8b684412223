using Sync.Posix;

namespace Sync.Disk;

/// <summary>
/// The disk refused a write or a sync, so that nobody knows what it holds. The process must stop: the call is never
/// repeated, and every later call on the same part throws this again. The next start finds out what is there.
/// </summary>
public sealed class DiskFailureException : IOException
{
    /// <summary>Reports the failure that <paramref name="cause"/> describes.</summary>
    public DiskFailureException(PosixException cause)
        : base($"The member must stop, its disk failed: {cause.Message}", cause) => Cause = cause;

    /// <summary>The call that failed, with path, error and remedy.</summary>
    public PosixException Cause { get; }
}
