namespace Sync.Templates.Time;

/// <summary>Where a time is shown: UTC, the machine's zone, or a fixed offset.</summary>
/// <param name="Name">The location's name as it prints; empty for a fixed offset.</param>
internal sealed record TimeLocation(string Name)
{
    /// <summary>Coordinated universal time.</summary>
    public static TimeLocation Utc { get; } = new("UTC");

    /// <summary>The machine's zone.</summary>
    public static TimeLocation Local { get; } = new("Local");

    /// <summary>A fixed offset.</summary>
    public static TimeLocation Fixed { get; } = new("");
}
