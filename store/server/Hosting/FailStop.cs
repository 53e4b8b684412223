using Sync.Disk;

namespace Sync.Store.Hosting;

/// <summary>
/// Ends the process after a failure that leaves nothing to trust: a disk that refused a write, stored bytes that
/// are not what was written, an invariant that broke. The first failure decides the exit code.
/// </summary>
/// <param name="lifetime">Stops the host.</param>
/// <param name="logger">Where the failure is told.</param>
internal sealed partial class FailStop(IHostApplicationLifetime lifetime, ILogger<FailStop> logger)
{
    /// <summary>What the process returns when its own logic is at fault.</summary>
    public const int InvariantBroken = 3;

    private const int CouldNotGoOn = 1;

    private Exception? _cause;

    /// <summary>What the process returns: 0 unless something failed.</summary>
    public int ExitCode => _cause switch
    {
        null => 0,
        DiskFailureException or DamageException or StartException or FormatException => CouldNotGoOn,
        _ => InvariantBroken,
    };

    /// <summary>Why the member cannot be what it was told to be; null when that is not why it stopped.</summary>
    public StartException? Refusal => _cause as StartException;

    /// <summary>Whether something failed, so that nothing may be acknowledged any more.</summary>
    public bool HasFailed => Volatile.Read(ref _cause) is not null;

    /// <summary>Whether a part of the store found its own state impossible.</summary>
    public static bool IsBrokenInvariant(Exception failure) =>
        failure is Raft.InvariantException or Mvcc.InvariantException or Sync.Member.InvariantException;

    /// <summary>Stops the member for good.</summary>
    /// <param name="cause">What failed.</param>
    public void Stop(Exception cause)
    {
        if (Interlocked.CompareExchange(ref _cause, cause, null) is null)
        {
            Log.MemberFailed(logger, cause.Message, cause);
            lifetime.StopApplication();
        }
    }
}
