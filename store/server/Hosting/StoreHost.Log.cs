namespace Sync.Store.Hosting;

internal static partial class StoreHost
{
    private static partial class Log
    {
        [LoggerMessage(1002, LogLevel.Warning, "{Warning}")]
        public static partial void Noted(ILogger logger, string warning);

        [LoggerMessage(1003, LogLevel.Information, "The member {Name} serves clients at {ClientUrls}.")]
        public static partial void Serving(ILogger logger, string name, string clientUrls);
    }
}
