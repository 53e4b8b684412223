namespace Sync.Store.Durability;

internal sealed partial class SpaceWatch
{
    private static partial class Log
    {
        [LoggerMessage(1111, LogLevel.Warning,
            "The disk is nearly full, and the alarm NOSPACE is raised. Make room on it, or compact and defragment; then disarm.")]
        public static partial void NearlyFull(ILogger logger);

        [LoggerMessage(1112, LogLevel.Debug, "The alarm NOSPACE could not be raised, and is tried again: {Reason}")]
        public static partial void NotRaised(ILogger logger, string reason);
    }
}
