namespace Sync.Metad.Hosting;

/// <content>What the entry says.</content>
internal sealed partial class RequestEntry
{
    private static partial class Log
    {
        [LoggerMessage(3020, LogLevel.Debug, "{Method} {Target} was answered with {Status}")]
        public static partial void Answered(ILogger logger, string method, string target, int status);

        [LoggerMessage(3021, LogLevel.Debug, "{Method} {Target}: the caller left before the answer")]
        public static partial void Left(ILogger logger, string method, string target);

        [LoggerMessage(3022, LogLevel.Error, "{Method} {Target} failed")]
        public static partial void Failed(ILogger logger, Exception exception, string method, string target);
    }
}
