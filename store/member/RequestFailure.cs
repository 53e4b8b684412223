namespace Sync.Member;

/// <summary>Why a request got no answer from the state machine.</summary>
public enum RequestFailure
{
    /// <summary>This member does not lead. The request had no effect.</summary>
    NotLeader,

    /// <summary>The request is larger than the log takes. It had no effect.</summary>
    TooLarge,

    /// <summary>Too much waits to be committed. The request had no effect.</summary>
    TooMuchWaiting,

    /// <summary>Leadership changed while the request waited. It may have had its effect, or have it yet.</summary>
    LeaderChanged,

    /// <summary>The time was up. The request may have had its effect, or have it yet.</summary>
    TimedOut,

    /// <summary>
    /// The time was up, and a leader was lost shortly before or while the request waited. It may have had its effect,
    /// or have it yet.
    /// </summary>
    LeaderLost,

    /// <summary>The member stops. The request may have had its effect, or have it after the next start.</summary>
    Stopped,
}
