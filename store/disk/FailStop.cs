using Sync.Posix;

namespace Sync.Disk;

/// <summary>
/// Remembers the first failure of a data directory's disk: from then on nothing is written any more, by any part.
/// </summary>
internal sealed class FailStop
{
    private DiskFailureException? _failure;

    /// <summary>Goes on only while the disk has not failed.</summary>
    /// <exception cref="DiskFailureException">It has.</exception>
    internal void Require()
    {
        if (Volatile.Read(ref _failure) is { } failure)
        {
            throw new DiskFailureException(failure.Cause);
        }
    }

    /// <summary>Whether the disk has failed.</summary>
    internal bool IsDown => Volatile.Read(ref _failure) is not null;

    /// <summary>Notes a failure; the first one stays the cause.</summary>
    /// <returns>What to throw.</returns>
    internal DiskFailureException Fail(PosixException cause)
    {
        Interlocked.CompareExchange(ref _failure, new DiskFailureException(cause), null);
        return new DiskFailureException(cause);
    }
}
