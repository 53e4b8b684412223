using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Console;
using Sync.Disk;
using Sync.Posix;
using Sync.Raft;
using Sync.Store.Http;
using Sync.Store.Options;

namespace Sync.Store.Hosting;

/// <summary>Runs the server from its settings to its exit code.</summary>
internal static partial class StoreHost
{
    private const int CouldNotStart = 1;
    private static readonly TimeSpan ShutdownPatience = TimeSpan.FromSeconds(5);

    /// <summary>Starts the server and returns when it has stopped.</summary>
    /// <param name="settings">Checked settings.</param>
    /// <param name="warnings">Sentences about the command line, to be logged.</param>
    /// <param name="errors">Where the reason of a failed start is written.</param>
    /// <returns>The exit code: 0 stopped by a signal, 1 could not start or go on, 3 an invariant broke.</returns>
    public static async Task<int> RunAsync(StoreSettings settings, IEnumerable<string> warnings, TextWriter errors)
    {
        try
        {
            return await RunAsync(settings, warnings);
        }
        catch (Exception failure) when (failure is StartException or DataDirectoryException or DamageException
            or DiskFailureException or PosixException)
        {
            await errors.WriteLineAsync($"store: {failure.Message}");
            return CouldNotStart;
        }
        catch (Exception failure) when (failure is SocketException or IOException { InnerException: AddressInUseException })
        {
            await errors.WriteLineAsync(
                $"store: {failure.Message.TrimEnd('.')}. Stop the program that uses the address, or choose another one with "
                + "--listen-client-urls or --listen-peer-urls.");
            return CouldNotStart;
        }
        catch (Exception failure) when (FailStop.IsBrokenInvariant(failure))
        {
            await errors.WriteLineAsync($"store: {failure}");
            return FailStop.InvariantBroken;
        }
    }

    private static async Task<int> RunAsync(StoreSettings settings, IEnumerable<string> warnings)
    {
        var certificates = settings.Tls is { } tls ? ClientCertificates.Load(tls) : null;
        var disk = Prepare(settings.DataDirectory);
        using var directory = DataDirectory.Open(disk, IdentityOf(disk, settings), new DirectorySettings());
        await using var app = Build(settings, directory, certificates);
        foreach (var warning in warnings.Concat(directory.Findings))
        {
            Log.Noted(app.Logger, warning);
        }

        try
        {
            await app.StartAsync();
            Log.Serving(app.Logger, settings.Name, string.Join(',', settings.ListenClientUrls.Select(url => url.Text)));
            await app.WaitForShutdownAsync();
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Stopped while it started, by a signal or by a failure that FailStop has told.
        }
        finally
        {
            await app.StopAsync(CancellationToken.None);
            await AwaitLoopsAsync(app);
        }

        return app.Services.GetRequiredService<FailStop>().ExitCode;
    }

    // The files are closed only when no loop uses them any more, however long clients kept the server waiting.
    private static Task AwaitLoopsAsync(WebApplication app) =>
        Task.WhenAll(app.Services.GetServices<IHostedService>().OfType<BackgroundService>()
            .Select(loop => loop.ExecuteTask ?? Task.CompletedTask));

    private static PosixDisk Prepare(string folder)
    {
        try
        {
            return PosixDisk.Prepare(folder);
        }
        catch (PosixException failure)
        {
            throw new StartException(
                $"The data directory {folder} cannot be used: {failure.Message} Create the folder above it and give it to"
                + " the user that runs the store, or name another one with --data-dir.",
                failure);
        }
    }

    // A directory that holds data says whose it is; the flags of the bootstrap count for a new one only, as in etcd.
    private static DirectoryIdentity IdentityOf(IDisk disk, StoreSettings settings) =>
        DataDirectory.FindIdentity(disk) ?? new DirectoryIdentity(
            settings.Cluster.ClusterId,
            new MemberId(settings.Cluster.MemberIdOf(settings.Name)),
            GroupId.First,
            Incarnation.First);

    private static WebApplication Build(
        StoreSettings settings, DataDirectory directory, ClientCertificates? certificates)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "store" });
        builder.Logging.SetMinimumLevel(settings.LogLevel);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Grpc", LogLevel.Warning);

        // A failed start is told once, as a sentence, when it has reached the edge of the program.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        AddConsole(builder.Logging, settings);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => StoreListeners.Configure(kestrel, settings, certificates));
        builder.Services.AddRouting();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownPatience);
        builder.Services.AddSyncStore(settings, directory);
        var app = builder.Build();
        StoreRoutes.Map(app);
        return app;
    }

    private static void AddConsole(ILoggingBuilder logging, StoreSettings settings)
    {
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (settings.LogsJson)
        {
            logging.AddJsonConsole(json =>
            {
                json.UseUtcTimestamp = true;
                json.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
        }
        else
        {
            logging.AddSimpleConsole(simple =>
            {
                simple.SingleLine = true;
                simple.UseUtcTimestamp = true;
                simple.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            });
        }
    }
}
