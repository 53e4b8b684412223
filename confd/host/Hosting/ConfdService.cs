using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sync.Confd.Options;
using Sync.Confd.Plan.Resources;
using Sync.Confd.Running;
using Sync.Confd.Sources;

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
            var settings = configuration.Settings ?? throw new InvalidOperationException("There are no settings.");
            ExitCode = settings.Mode == RunMode.OneTime
                ? await RunOnceAsync(settings, stoppingToken)
                : await RunForeverAsync(settings, configuration.Resources.Resources, stoppingToken);
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

    private async Task<int> RunForeverAsync(
        ConfdSettings settings, IReadOnlyList<Resource> resources, CancellationToken stoppingToken)
    {
        IReadOnlyCollection<string> owedReloads = [];
        for (var current = new Prepared(parts.SessionPartsFor(settings, logger), resources); ;)
        {
            var session = new Session(current.Parts, current.Resources, _events.Writer, parts.Clock, logger);
            Prepared? next = null;
            await using (session)
            {
                session.Start(owedReloads);
                while (next is null)
                {
                    next = await DrainAsync(session, next: null);
                    var pause = await session.StartDueGroupsAsync();
                    if (next is null)
                    {
                        await WaitAsync(pause, stoppingToken);
                    }
                }
            }

            // What the old session's groups had to say came while it ended.
            current = await DrainAsync(session, next) ?? next;
            owedReloads = session.OwedReloads;
        }
    }

    /// <summary>Gives the session all events that are there.</summary>
    /// <param name="session">The session.</param>
    /// <param name="next">What takes its place, as far as is known.</param>
    /// <returns>What takes its place: the last configuration that was asked for and is right.</returns>
    private async Task<Prepared?> DrainAsync(Session session, Prepared? next)
    {
        while (_events.Reader.TryRead(out var happened))
        {
            if (happened is not LoopEvent.ReloadAsked)
            {
                session.Apply(happened);
            }
            else if (LoadAnew() is { } newer)
            {
                await (next?.Parts.Source.DisposeAsync() ?? ValueTask.CompletedTask);
                next = newer;
            }
        }

        return next;
    }

    /// <summary>Reads the configuration and makes all that a session of it needs, while the present one goes on.</summary>
    /// <returns>Null when something is wrong, which is logged.</returns>
    private Prepared? LoadAnew()
    {
        var loaded = parts.Load();
        DiagnosticLog.Write(logger, loaded.Diagnostics);
        if (loaded is not { Settings: { } settings, Resources: { HasErrors: false, Resources: var resources } })
        {
            Log.KeptOld(logger);
            return null;
        }

        try
        {
            var prepared = new Prepared(parts.SessionPartsFor(settings, logger), resources);
            Log.Reloaded(logger, resources.Count);
            return prepared;
        }
        catch (KeySourceException failure)
        {
            Log.NoSource(logger, failure.Message);
            Log.KeptOld(logger);
            return null;
        }
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

    /// <summary>All that a session needs to begin.</summary>
    private sealed record Prepared(SessionParts Parts, IReadOnlyList<Resource> Resources);
}
