namespace Sync.Mvcc.Watching;

/// <summary>The limits of a <see cref="WatchHub"/>.</summary>
public sealed record WatchSettings
{
    /// <summary>How many responses a stream takes before the loop gives it more room.</summary>
    public int StreamRoom { get; init; } = 128;

    /// <summary>How many bytes of responses a stream takes beside that; the one that reaches it may go beyond.</summary>
    public long StreamRoomBytes { get; init; } = 8 << 20;

    /// <summary>The most revisions in one response of a watch that catches up.</summary>
    public int CatchUpRevisionsMax { get; init; } = 1000;

    /// <summary>About how many bytes one response of a watch that catches up holds.</summary>
    public int CatchUpBytesMax { get; init; } = 4 << 20;

    /// <summary>How long a watch that asked for progress stays quiet, in milliseconds.</summary>
    public long ProgressIntervalMilliseconds { get; init; } = 10 * 60 * 1000;
}
