namespace Sync.Store.Peers;

internal sealed partial class PeerService
{
    private static partial class Log
    {
        [LoggerMessage(1401, LogLevel.Warning, "Refused the member {Member:x} \"{Name}\" at {Address}. {Difference}")]
        public static partial void Refused(ILogger logger, ulong member, string name, string address, string difference);

        [LoggerMessage(1402, LogLevel.Warning, "Ended the stream of member {Member:x}. {Fault}")]
        public static partial void Malformed(ILogger logger, ulong member, string fault);
    }
}
