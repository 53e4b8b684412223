using System.Net;

namespace Sync.Store.Certificates;

internal sealed partial class PortCertificates
{
    private static partial class Log
    {
        [LoggerMessage(1501, LogLevel.Warning, "The changed files of certificates cannot be used, and the old ones count on: "
            + "{Problem}")]
        public static partial void CannotUse(ILogger logger, string problem);

        // The words are etcd's, for those whose alarms look for them.
        [LoggerMessage(1502, LogLevel.Warning, "rejected connection on {Port} endpoint from {Address}: {Reason}")]
        public static partial void Rejected(ILogger logger, string port, EndPoint? address, string reason);
    }
}
