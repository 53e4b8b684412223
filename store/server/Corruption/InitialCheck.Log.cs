namespace Sync.Store.Corruption;

internal sealed partial class InitialCheck
{
    private static partial class Log
    {
        [LoggerMessage(1434, LogLevel.Information,
            "The member's data at revision {Revision} is that of {Equal} of the {Others} other members.")]
        public static partial void Compared(ILogger logger, long revision, int equal, int others);

        [LoggerMessage(1435, LogLevel.Warning,
            "The member's data was not compared with that of member {Member:x} before it started: {Reason}.")]
        public static partial void NotCompared(ILogger logger, ulong member, string reason);

        [LoggerMessage(1436, LogLevel.Warning,
            "The member's data was not compared with that of the others before it started: its hash took more than "
            + "{Patience}.")]
        public static partial void NotHashed(ILogger logger, TimeSpan patience);
    }
}
