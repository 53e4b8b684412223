namespace Sync.Store.Durability;

internal sealed partial class UpkeepLoop
{
    private static partial class Log
    {
        [LoggerMessage(1101, LogLevel.Debug, "Saved a checkpoint at entry {AppliedIndex}, revision {Revision}.")]
        public static partial void CheckpointSaved(ILogger logger, ulong appliedIndex, long revision);
    }
}
