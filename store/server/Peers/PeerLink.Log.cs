namespace Sync.Store.Peers;

internal sealed partial class PeerLink
{
    private static partial class Log
    {
        [LoggerMessage(1411, LogLevel.Information, "The member {Member:x} takes messages.")]
        public static partial void Connected(ILogger logger, ulong member);

        [LoggerMessage(1412, LogLevel.Warning, "The member {Member:x} at {Urls} takes no messages: {Reason}")]
        public static partial void NotConnected(ILogger logger, ulong member, string urls, string reason);
    }
}
