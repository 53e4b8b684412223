using Microsoft.Extensions.Logging;

namespace Sync.Confd.Running;

/// <summary>What happens to a session as a whole.</summary>
internal static partial class SessionLog
{
    [LoggerMessage(2101, LogLevel.Debug, "Following {Address}")]
    public static partial void Connected(ILogger logger, string address);

    [LoggerMessage(2102, LogLevel.Error, "The backend is away; files keep their content until it is back. {Reason}")]
    public static partial void Lost(ILogger logger, string reason);

    [LoggerMessage(2103, LogLevel.Debug, "Still away after {Failures} attempts, next in {RetryIn}. {Reason}")]
    public static partial void StillLost(ILogger logger, string reason, int failures, TimeSpan retryIn);

    [LoggerMessage(2104, LogLevel.Information, "Read all keys anew at revision {Revision}: {Remark}")]
    public static partial void ReadAnew(ILogger logger, string remark, long revision);

    [LoggerMessage(2105, LogLevel.Warning, "Stopped before the commands for {Destinations} had ended; they were killed")]
    public static partial void CommandKilled(ILogger logger, string destinations);

    [LoggerMessage(2106, LogLevel.Information,
        "{Resources} resources, {Groups} groups in work, revision {Revision}, backend {Backend}, reloads owed: {Owed}")]
    public static partial void State(
        ILogger logger, int resources, int groups, long revision, string backend, string owed);

    [LoggerMessage(2107, LogLevel.Information, "The backend is back")]
    public static partial void Back(ILogger logger);
}
