using Sync.Store.Replication;

namespace Sync.Store.Hosting;

internal sealed partial class OrderlyStop
{
    private static partial class Log
    {
        [LoggerMessage(1004, LogLevel.Information,
            "Handing leadership over before the end: {Result}; the leader is now {Leader:x}.")]
        public static partial void HandedOver(ILogger logger, TransferResult result, ulong leader);

        [LoggerMessage(1005, LogLevel.Warning,
            "No member took leadership over in time; the others will elect a leader when they miss this one.")]
        public static partial void NotHandedOver(ILogger logger);
    }
}
