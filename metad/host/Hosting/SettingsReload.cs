using System.Runtime.InteropServices;
using System.Threading.Channels;
using Sync.Metad.Admission;
using Sync.Metad.Clients;
using Sync.Metad.Options;
using Sync.Metad.Watching;

namespace Sync.Metad.Hosting;

/// <summary>Reads the settings anew at SIGHUP. What cannot be used changes nothing; what needs a restart is named.</summary>
internal sealed partial class SettingsReload : BackgroundService
{
    // One that waits is enough: it reads what is there then.
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly SettingsSource _source;
    private readonly LiveDoors _doors;
    private readonly TrustedProxies _proxies;
    private readonly WaitingRoom _room;
    private readonly LogLevels _levels;
    private readonly MetadMetrics _metrics;
    private readonly ILogger<SettingsReload> _logger;
    private MetadOptions _running;

    /// <summary>Creates the loop.</summary>
    public SettingsReload(
        MetadOptions running,
        SettingsSource source,
        LiveDoors doors,
        TrustedProxies proxies,
        WaitingRoom room,
        LogLevels levels,
        MetadMetrics metrics,
        ILogger<SettingsReload> logger)
    {
        _running = running;
        _source = source;
        _doors = doors;
        _proxies = proxies;
        _room = room;
        _levels = levels;
        _metrics = metrics;
        _logger = logger;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            _signals.Writer.TryWrite(true);
        });
        await foreach (var _ in _signals.Reader.ReadAllAsync(stoppingToken))
        {
            Reload();
        }
    }

    private void Reload()
    {
        try
        {
            Take(_source.Load());
            _metrics.CountSettings(areTaken: true);
        }
        catch (FormatException exception)
        {
            _metrics.CountSettings(areTaken: false);
            Log.Refused(_logger, exception.Message);
        }
    }

    private void Take(MetadOptions now)
    {
        var renewed = ConfigurationLoader.Renew(_running, now);
        var changed = MetadFlags.All.Where(flag => !flag.IsSameIn(_running, now)).ToList();
        var live = changed.Where(flag => flag.IsLive).Select(flag => flag.Name).ToList();
        foreach (var warning in now.Warnings.Union(renewed.Warnings))
        {
            Log.Warned(_logger, warning);
        }

        if (live.Count > 0)
        {
            // Before the doors: who comes through the new ones is counted and believed by the new settings.
            _proxies.Renew(renewed);
            _room.Renew(renewed);
            _doors.Replace(renewed);
            _levels.Change(renewed.LogLevel);
            _running = renewed;
        }

        Log.Taken(_logger, live.Count == 0 ? "nothing that counts without a restart" : string.Join(", ", live));
        if (changed.Count > live.Count)
        {
            Log.NeedsRestart(_logger, string.Join(", ", changed.Where(flag => !flag.IsLive).Select(flag => flag.Name)));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3033, LogLevel.Information, "Read the settings anew, changed: {Names}")]
        public static partial void Taken(ILogger logger, string names);

        [LoggerMessage(3034, LogLevel.Warning, "These settings changed and count after a restart: {Names}")]
        public static partial void NeedsRestart(ILogger logger, string names);

        [LoggerMessage(3035, LogLevel.Error, "The settings cannot be used, all stays as it was: {Problem}")]
        public static partial void Refused(ILogger logger, string problem);

        [LoggerMessage(3036, LogLevel.Warning, "Setting: {Warning}")]
        public static partial void Warned(ILogger logger, string warning);
    }
}

/// <summary>Where the settings come from.</summary>
/// <param name="Load">Reads all sources; throws <see cref="FormatException"/> when they cannot be used.</param>
internal sealed record SettingsSource(Func<MetadOptions> Load);
