namespace Sync.Store.Corruption;

internal sealed partial class HashComparison
{
    private static partial class Log
    {
        [LoggerMessage(1431, LogLevel.Critical,
            "The data of member {Member:x} is not that of the others at revision {Revision} (0: no majority tells whose is "
            + "right). It serves nobody from now on; replace it, then disarm the alarm.")]
        public static partial void Diverged(ILogger logger, ulong member, long revision);

        [LoggerMessage(1432, LogLevel.Error, "Could not raise the CORRUPT alarm for member {Member:x}: {Reason}")]
        public static partial void NotRaised(ILogger logger, ulong member, string reason);

        [LoggerMessage(1433, LogLevel.Warning,
            "The data of member {Member:x} was not compared: it is away, too far behind, or could not hash it.")]
        public static partial void NotCompared(ILogger logger, ulong member);
    }
}
