namespace Sync.Store.Compaction;

internal sealed partial class CompactionLoop
{
    private static partial class Log
    {
        [LoggerMessage(1301, LogLevel.Information, "Compacted the history before revision {Revision}.")]
        public static partial void Compacted(ILogger logger, long revision);

        [LoggerMessage(1302, LogLevel.Warning,
            "Could not compact the history before revision {Revision}: {Reason}. The next interval tries again.")]
        public static partial void NotCompacted(ILogger logger, long revision, string reason);
    }
}
