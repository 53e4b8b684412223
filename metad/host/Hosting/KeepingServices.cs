using Sync.Metad.Backends;
using Sync.Metad.Keeping;
using Sync.Metad.Model.Backends;

namespace Sync.Metad.Hosting;

/// <summary>Puts together what keeps the last snapshot on disk.</summary>
internal static partial class KeepingServices
{
    /// <summary>Adds a store as the backend, with a file that keeps its keys.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="path">The file.</param>
    public static void AddKeeping(this IServiceCollection services, string path) => services
        .AddSingleton(provider => new SnapshotFile(path, provider.GetRequiredService<KeyLayout>()))
        .AddSingleton<EtcdBackend>()
        .AddSingleton<IBackend>(provider => new KeptBackend(
            provider.GetRequiredService<EtcdBackend>(),
            () => Read(provider.GetRequiredService<SnapshotFile>(), provider.GetRequiredService<ILogger<SnapshotFile>>())))
        .AddHostedService<SnapshotKeeper>();

    // A file that cannot be used is no reason not to start: without one there are no keys before the store answers.
    private static KeptKeys? Read(SnapshotFile file, ILogger<SnapshotFile> logger)
    {
        try
        {
            return file.Read();
        }
        catch (FormatException exception)
        {
            Log.Unusable(logger, exception.Message);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3060, LogLevel.Warning, "No keys are served before the store answers: {Problem}")]
        public static partial void Unusable(ILogger logger, string problem);
    }
}
