using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sync.Confd.Options;
using Sync.Confd.Running;

namespace Sync.Confd.Hosting;

/// <summary>
/// The one loop of confd: takes events, keeps the session, starts what is due. Reads the configuration anew when it is
/// asked to, and keeps the old one when the new one is wrong.
/// </summary>
internal sealed partial class ConfdService(
    ConfdParts parts, Configuration configuration, IHostApplicationLifetime lifetime, ILogger<ConfdService> logger)
    : BackgroundService
{
    // What goes in is bounded where it comes from: one report a group in work, the source's updates by the session.
    private readonly Channel<LoopEvent> _events =
        Channel.CreateUnbounded<LoopEvent>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>The exit code of the program, once the service has ended.</summary>
    public int ExitCode { get; private set; }

    /// <summary>Tells the loop of a signal; may be called on any thread.</summary>
    public void Tell(LoopEvent asked) => _events.Writer.TryWrite(asked);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        try
        {
            ExitCode = configuration.Settings is { Mode: RunMode.OneTime } settings
                ? await RunOnceAsync(settings, stoppingToken)
                : await RunForeverAsync(configuration, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            ExitCode = ExitCodes.Done;
        }
        finally
        {
            _events.Writer.TryComplete();
            lifetime.StopApplication();
        }
    }

    private async Task<int> RunOnceAsync(ConfdSettings settings, CancellationToken stoppingToken)
    {
        var resources = configuration.Resources;
        if (resources.Resources.Count == 0)
        {
            return resources.HasErrors ? ExitCodes.Failed : ExitCodes.Done;
        }

        var session = parts.SessionPartsFor(settings, logger);
        await using var source = session.Source;
        var run = new OneTimeRun(session, resources.Resources, parts.Clock, logger);
        var reports = await run.RunAsync(stoppingToken);
        if (reports is null || resources.HasErrors || reports.Any(report => !report.Succeeded))
        {
            return ExitCodes.Failed;
        }

        return settings.IsNoop && settings.HasDetailedExitCode && reports.Any(report => report.Changed)
            ? ExitCodes.WouldChange
            : ExitCodes.Done;
    }

    private async Task<int> RunForeverAsync(Configuration first, CancellationToken stoppingToken)
    {
        IReadOnlyCollection<string> owedReloads = [];
        for (var current = first; current.Settings is { } settings;)
        {
            var session = new Session(
                parts.SessionPartsFor(settings, logger), current.Resources.Resources, _events.Writer, parts.Clock, logger);
            Configuration? next = null;
            await using (session)
            {
                session.Start(owedReloads);
                while (next is null)
                {
                    next = Drain(session);
                    var pause = await session.StartDueGroupsAsync();
                    if (next is null)
                    {
                        await WaitAsync(pause, stoppingToken);
                    }
                }
            }

            // What the old session's groups had to say came while it ended.
            current = Drain(session) ?? next;
            owedReloads = session.OwedReloads;
        }

        return ExitCodes.Done;
    }

    /// <summary>Gives the session all events that are there.</summary>
    /// <returns>The new configuration when one was asked for and is right.</returns>
    private Configuration? Drain(Session session)
    {
        Configuration? next = null;
        while (_events.Reader.TryRead(out var happened))
        {
            if (happened is LoopEvent.ReloadAsked)
            {
                next = LoadAnew() ?? next;
            }
            else
            {
                session.Apply(happened);
            }
        }

        return next;
    }

    private Configuration? LoadAnew()
    {
        var loaded = parts.Load();
        DiagnosticLog.Write(logger, loaded.Diagnostics);
        if (loaded.Settings is null || loaded.Resources.HasErrors)
        {
            Log.KeptOld(logger);
            return null;
        }

        Log.Reloaded(logger, loaded.Resources.Resources.Count);
        return loaded;
    }

    private async Task WaitAsync(TimeSpan? pause, CancellationToken stoppingToken)
    {
        using var timer = new CancellationTokenSource(pause ?? Timeout.InfiniteTimeSpan, parts.Clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stoppingToken);
        try
        {
            await _events.Reader.WaitToReadAsync(linked.Token);
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            // Something is due.
        }
    }
}
