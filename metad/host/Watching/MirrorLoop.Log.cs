namespace Sync.Metad.Watching;

/// <content>What the loop says.</content>
internal sealed partial class MirrorLoop
{
    private static partial class Log
    {
        [LoggerMessage(3001, LogLevel.Information, "Loaded {Keys} keys at revision {Revision}")]
        public static partial void Loaded(ILogger logger, int keys, long revision);

        [LoggerMessage(3002, LogLevel.Information, "Follows the backend at {Endpoint} from revision {Revision}")]
        public static partial void Connected(ILogger logger, string endpoint, long revision);

        [LoggerMessage(3003, LogLevel.Warning,
            "The backend is away, the last known data is served meanwhile: {Problem}; next try in {RetryMs} ms")]
        public static partial void Lost(ILogger logger, string problem, double retryMs);

        [LoggerMessage(3004, LogLevel.Debug,
            "The backend is still away after {Failures} tries: {Problem}; next try in {RetryMs} ms")]
        public static partial void StillLost(ILogger logger, int failures, string problem, double retryMs);

        [LoggerMessage(3005, LogLevel.Warning,
            "Read all keys anew ({Reason}): {Changes} keys differ, revision {Revision}")]
        public static partial void Relisted(ILogger logger, string reason, int changes, long revision);

        [LoggerMessage(3007, LogLevel.Information,
            "These keys were on disk and are those of {KnownAt:u}: they are served until the backend answers")]
        public static partial void Kept(ILogger logger, DateTimeOffset knownAt);

        [LoggerMessage(3006, LogLevel.Error,
            "The rules of {Host} cannot be read and stay as they were: {Problem}")]
        public static partial void RulesUnreadable(ILogger logger, string host, string problem);
    }
}
