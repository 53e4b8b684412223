namespace Sync.Store.Snapshots;

internal sealed partial class SnapshotSender
{
    private static partial class Log
    {
        [LoggerMessage(1421, LogLevel.Information,
            "Sending the member {Member:x} a snapshot of entry {Index}, {Bytes} bytes: it is too far behind for the log.")]
        public static partial void Sending(ILogger logger, ulong member, ulong index, long bytes);

        [LoggerMessage(1422, LogLevel.Information, "The member {Member:x} has the snapshot of entry {Index}.")]
        public static partial void Sent(ILogger logger, ulong member, ulong index);

        [LoggerMessage(1423, LogLevel.Warning, "The member {Member:x} did not get a snapshot: {Reason}")]
        public static partial void NotSent(ILogger logger, ulong member, string reason);
    }
}
