using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Console;
using Sync.Disk;
using Sync.Posix;
using Sync.Store.Certificates;
using Sync.Store.Discovery;
using Sync.Store.Http;
using Sync.Store.Options;
using Sync.Store.Peers;
using Sync.Store.Replication;

namespace Sync.Store.Hosting;

/// <summary>Runs the server from its settings to its exit code.</summary>
internal static partial class StoreHost
{
    private const int Stopped = 0;
    private const int CouldNotStart = 1;
    private const int OpenFilesNeeded = 512;
    private static readonly TimeSpan ShutdownPatience = TimeSpan.FromSeconds(5);

    // A small read may wait for the disk too. The pool adds threads too slowly for the heartbeats behind it.
    private const int PoolThreadsMin = 8;

    /// <summary>Starts the server and returns when it has stopped.</summary>
    /// <param name="settings">Checked settings.</param>
    /// <param name="warnings">Sentences about the command line, to be logged.</param>
    /// <param name="errors">Where the reason of a failed start is written.</param>
    /// <param name="stop">Ends the server as a signal does.</param>
    /// <returns>The exit code: 0 stopped by a signal, 1 could not start or go on, 3 an invariant broke.</returns>
    public static async Task<int> RunAsync(
        StoreSettings settings, IEnumerable<string> warnings, TextWriter errors, CancellationToken stop)
    {
        try
        {
            return await RunAsync(settings, warnings, sentence => errors.WriteLineAsync($"store: {sentence}"), stop);
        }
        catch (Exception failure) when (failure is StartException or DataDirectoryException or DamageException
            or DiskFailureException or PosixException)
        {
            await errors.WriteLineAsync($"store: {failure.Message}");
            return CouldNotStart;
        }
        catch (Exception failure) when (FailStop.IsBrokenInvariant(failure))
        {
            await errors.WriteLineAsync($"store: {failure}");
            return FailStop.InvariantBroken;
        }
    }

    private static async Task<int> RunAsync(
        StoreSettings settings, IEnumerable<string> warnings, Func<string, Task> tellAsync, CancellationToken stop)
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, PoolThreadsMin), completions);
        var disk = Prepare(settings);
        var certificates = LoadCertificates(settings.Tls, settings.DataDirectory);
        var peerCertificates = LoadCertificates(settings.PeerTls, settings.DataDirectory);
        var findings = (certificates?.CheckOwn() ?? []).Concat(peerCertificates?.CheckOwn() ?? []);
        var channels = new PeerChannels(peerCertificates);
        var openFilesMax = RequireOpenFiles();
        var found = DataDirectory.FindIdentity(disk);
        if (await PrepareToFoundAsync(settings, found, tellAsync, stop) is not { } prepared)
        {
            return Stopped;
        }

        settings = prepared;
        var founding = await FoundAsync(settings, found, disk, channels, tellAsync);
        using var directory = DataDirectory.Open(
            disk, founding.Identity, new DirectorySettings(), founding.Beginning);
        await using var app = Build(settings, directory, certificates, peerCertificates, channels, openFilesMax);
        var log = app.Services.GetRequiredService<ILogger<PortCertificates>>();
        certificates?.TellTo(log);
        peerCertificates?.TellTo(log);
        var unused = settings.FoundingFaults.Select(
            fault => $"This member has data, which says who it is. Not looked at: {fault}");
        foreach (var warning in warnings.Concat(findings).Concat(unused).Concat(directory.Findings))
        {
            Log.Noted(app.Logger, warning);
        }

        await using var stopping = stop.Register(app.Lifetime.StopApplication);
        try
        {
            await app.StartAsync(CancellationToken.None);
            Log.Serving(app.Logger, settings.Name, string.Join(',', settings.ListenClientUrls.Select(url => url.Text)));
            await app.WaitForShutdownAsync(CancellationToken.None);
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

        var failStop = app.Services.GetRequiredService<FailStop>();
        return failStop.Refusal is { } refusal ? throw refusal : failStop.ExitCode;
    }

    private static PortCertificates? LoadCertificates(TlsSettings? settings, string dataDirectory) =>
        SelfSignedCertificate.Provide(settings, dataDirectory, TimeProvider.System.GetUtcNow()) is { } provided
            ? PortCertificates.Load(provided)
            : null;

    // A member with data is what that says, and looks for nobody. Null: stopped.
    private static async Task<StoreSettings?> PrepareToFoundAsync(
        StoreSettings settings, DirectoryIdentity? found, Func<string, Task> tellAsync, CancellationToken stop)
    {
        if (found is not null || settings.ForcesNewCluster)
        {
            return settings;
        }

        using var signals = new EarlySignals(stop);
        try
        {
            // One that cannot found a cluster shall not register for it.
            await RequireFoundableAsync(settings, signals.Stop);
            var prepared = settings.Discovery is { } discovery
                ? settings with { Cluster = await ClusterDiscovery.FindAsync(settings, discovery, tellAsync, signals.Stop) }
                : settings;
            return signals.Stop.IsCancellationRequested ? null : prepared;
        }
        catch (OperationCanceledException) when (signals.Stop.IsCancellationRequested)
        {
            return null;
        }
    }

    private static async Task RequireFoundableAsync(StoreSettings settings, CancellationToken stop)
    {
        var own = settings.Cluster.PeerUrls[settings.Name];
        var areSame = await PeerUrls.AreSameAsync(own, settings.AdvertisedPeerUrls, TimeProvider.System, stop);
        var faults = settings.FoundingFaults.Concat(areSame ? [] : PeerUrls.FindDifferences(settings)).ToList();
        if (faults.Count > 0)
        {
            throw new StartException(string.Join(' ', faults));
        }
    }

    private static async Task<Founding> FoundAsync(
        StoreSettings settings,
        DirectoryIdentity? found,
        IDisk disk,
        PeerChannels channels,
        Func<string, Task> tellAsync)
    {
        if (!settings.ForcesNewCluster)
        {
            return await Bootstrap.PrepareAsync(settings, found, channels);
        }

        return found is null
            ? throw new StartException(
                $"--force-new-cluster goes on from a member's data, and {settings.DataDirectory} holds none; name the "
                + "directory with --data-dir.")
            : await ForcedCluster.BeginAsync(disk, Founding.Of(settings.Cluster, found), settings, tellAsync);
    }

    // The files are closed only when no loop uses them any more, however long clients kept the server waiting.
    private static async Task AwaitLoopsAsync(WebApplication app)
    {
        try
        {
            await Task.WhenAll(app.Services.GetServices<IHostedService>().OfType<BackgroundService>()
                .Select(loop => loop.ExecuteTask ?? Task.CompletedTask));
        }
        catch (OperationCanceledException)
        {
            // A loop that waits for its time is told to stop by this. A failure of any other would be thrown instead.
        }
    }

    private static long RequireOpenFiles()
    {
        var most = ProcessLimits.OpenFilesMax();
        return most >= OpenFilesNeeded ? most : throw new StartException(
            $"Only {most} files may be open at a time; the store needs {OpenFilesNeeded}, and one more for each connection. "
            + "Raise the limit with ulimit -n, or LimitNOFILE in a unit of systemd.");
    }

    private static IDisk Prepare(StoreSettings settings)
    {
        var data = Prepare("data directory", "--data-dir", settings.DataDirectory, PosixDisk.Prepare);
        return settings.LogDirectory is { } folder
            ? Prepare("log's folder", "--wal-dir", folder, log => DiskPair.Prepare(data, log))
            : data;
    }

    private static IDisk Prepare(string what, string flag, string folder, Func<string, IDisk> prepare)
    {
        try
        {
            return prepare(folder);
        }
        catch (PosixException failure)
        {
            throw new StartException(
                $"The {what} {folder} cannot be used: {failure.Message} Create the folder above it and give it to"
                + $" the user that runs the store, or name another one with {flag}.",
                failure);
        }
    }

    private static WebApplication Build(
        StoreSettings settings,
        DataDirectory directory,
        PortCertificates? certificates,
        PortCertificates? peerCertificates,
        PeerChannels channels,
        long openFilesMax)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "store" });
        builder.Logging.SetMinimumLevel(settings.LogLevel);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Grpc", LogLevel.Warning);

        // With its log on, the host begins an activity and a scope for each call: some microseconds, for nobody.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);

        // A failed start is told once, as a sentence, when it has reached the edge of the program.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        AddConsole(builder.Logging, settings);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton<SocketTransportFactory>().AddSingleton<IConnectionListenerFactory, PortOpener>();
        builder.WebHost.ConfigureKestrel(kestrel => StoreListeners.Configure(
            kestrel, settings, certificates, peerCertificates, openFilesMax));
        builder.Services.AddRouting();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownPatience);
        builder.Services.AddSyncStore(settings, directory, channels);
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
