namespace Sync.Store.Certificates;

internal sealed partial class PortCertificates
{
    private static partial class Log
    {
        [LoggerMessage(1501, LogLevel.Warning, "The changed files of certificates cannot be used, and the old ones count on: "
            + "{Problem}")]
        public static partial void CannotUse(ILogger logger, string problem);
    }
}
