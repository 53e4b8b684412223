using Microsoft.Extensions.Logging;

namespace Sync.Confd.Hosting;

internal static partial class ConfdProgram
{
    private static partial class Log
    {
        [LoggerMessage(2221, LogLevel.Information, "Backend set to {Backend}")]
        public static partial void Backend(ILogger logger, string backend);

        [LoggerMessage(2222, LogLevel.Information, "Starting confd")]
        public static partial void Starting(ILogger logger);

        [LoggerMessage(2223, LogLevel.Information, "Backend source(s) set to {Sources}")]
        public static partial void Sources(ILogger logger, string sources);

        [LoggerMessage(2224, LogLevel.Information, "Captured {Signal}. Initiating shutdown...")]
        public static partial void Captured(ILogger logger, string signal);

        [LoggerMessage(2225, LogLevel.Critical, "{Reason}")]
        public static partial void NoSource(ILogger logger, string reason);

        [LoggerMessage(2226, LogLevel.Information, "Removed {Path}, which a confd that was killed had left")]
        public static partial void LeftoverRemoved(ILogger logger, string path);
    }
}
