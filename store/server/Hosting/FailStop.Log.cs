namespace Sync.Store.Hosting;

internal sealed partial class FailStop
{
    private static partial class Log
    {
        [LoggerMessage(1001, LogLevel.Critical, "The member stops and acknowledges nothing more: {Reason}")]
        public static partial void MemberFailed(ILogger logger, string reason, Exception cause);
    }
}
