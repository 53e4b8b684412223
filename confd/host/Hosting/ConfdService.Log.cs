using Microsoft.Extensions.Logging;

namespace Sync.Confd.Hosting;

internal sealed partial class ConfdService
{
    private static partial class Log
    {
        [LoggerMessage(2201, LogLevel.Error, "The new configuration is wrong; the old one stays in force")]
        public static partial void KeptOld(ILogger logger);

        [LoggerMessage(2202, LogLevel.Information, "Read the configuration anew: {Resources} resources")]
        public static partial void Reloaded(ILogger logger, int resources);

        [LoggerMessage(2203, LogLevel.Error, "{Reason}")]
        public static partial void NoSource(ILogger logger, string reason);
    }
}
