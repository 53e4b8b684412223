using Sync.Metad.Listening;
using Sync.Metad.Options;
using Sync.Metad.Watching;

namespace Sync.Metad.Hosting;

/// <summary>Runs the program from its settings to its end.</summary>
internal static partial class MetadProgram
{
    private const int Done = 0;
    private const int Broken = 3;

    /// <summary>Runs until SIGTERM or SIGINT; those who wait are answered before listeners close.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="standardError">The program's standard error.</param>
    /// <param name="source">Where SIGHUP reads the settings anew; null leaves that signal alone.</param>
    /// <param name="stop">Ends it as a signal does.</param>
    /// <returns>The exit code: 0, or 3 when a loop ended by a fault of its own.</returns>
    /// <exception cref="IOException">An address is in use.</exception>
    /// <exception cref="ListenException">An address cannot be listened at.</exception>
    public static async Task<int> RunAsync(
        MetadOptions options, Stream standardError, SettingsSource? source, CancellationToken stop)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.AddMetad(options, standardError);
        if (source is not null)
        {
            builder.Services.AddSingleton(source).AddHostedService<SettingsReload>();
        }

        var app = builder.Build();
        await using (app)
        {
            var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Sync.Metad");
            foreach (var warning in options.Warnings)
            {
                Log.Warned(logger, warning);
            }

            app.Services.GetRequiredService<MetadMetrics>().Observe(
                app.Services.GetRequiredService<SnapshotFeed>(),
                app.Services.GetRequiredService<WaitingRoom>(),
                app.Services.GetRequiredService<TimeProvider>());
            var entry = app.Services.GetRequiredService<RequestEntry>();
            app.Run(entry.HandleAsync);
            var listeners = app.Services.GetRequiredService<Listeners>();
            try
            {
                await app.StartAsync(stop);
                listeners.Open();
                Log.Started(logger, options.Listen, options.ListenManage, options.Backend);
            }
            catch (OperationCanceledException) when (
                stop.IsCancellationRequested || app.Lifetime.ApplicationStopping.IsCancellationRequested)
            {
                // The end was asked for before the start was done: what has started is stopped as ever.
            }
            catch
            {
                // The loops that have started end in order, and the reason is told without a word of theirs.
                await app.StopAsync(CancellationToken.None);
                throw;
            }

            await app.WaitForShutdownAsync(stop);
            listeners.Close();
            Log.Stopped(logger);
            var loops = app.Services.GetServices<IHostedService>().OfType<BackgroundService>();
            return loops.Any(loop => loop.ExecuteTask is { IsFaulted: true }) ? Broken : Done;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3030, LogLevel.Information,
            "Serves metadata on {Listen} and the manage API on {ListenManage}, backend {Backend}")]
        public static partial void Started(ILogger logger, string listen, string listenManage, BackendKind backend);

        [LoggerMessage(3031, LogLevel.Warning, "Setting: {Warning}")]
        public static partial void Warned(ILogger logger, string warning);

        [LoggerMessage(3032, LogLevel.Information, "Stopped")]
        public static partial void Stopped(ILogger logger);
    }
}
