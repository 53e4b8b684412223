namespace Sync.Templates.Tests.Limits;

/// <summary>How long random tests go on.</summary>
internal static class FuzzDuration
{
    /// <summary>The time in seconds; <c>SYNC_FUZZ_SECONDS</c> makes it a long run.</summary>
    public static int Seconds =>
        int.TryParse(Environment.GetEnvironmentVariable("SYNC_FUZZ_SECONDS"), out var seconds) ? seconds : 1;
}
