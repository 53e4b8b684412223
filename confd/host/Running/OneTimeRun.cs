using Microsoft.Extensions.Logging;
using Sync.Confd.Plan.Keys;
using Sync.Confd.Plan.Resources;
using Sync.Confd.Plan.Scheduling;
using Sync.Confd.Sources;

namespace Sync.Confd.Running;

/// <summary>Processes every resource once, in the order of the files.</summary>
internal sealed class OneTimeRun(SessionParts parts, IReadOnlyList<Resource> resources, TimeProvider clock, ILogger logger)
{
    private static readonly Backoff Retry = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(3));

    /// <summary>Reads the keys and runs all groups, one after the other.</summary>
    /// <returns>One report a resource that was processed; null when the keys could not be read.</returns>
    public async Task<IReadOnlyList<TurnReport>?> RunAsync(CancellationToken cancellationToken)
    {
        var roots = KeySelection.Outermost(
            resources.SelectMany(resource => parts.Renderer.SelectionOf(resource).Roots));
        if (await ReadAsync(roots, cancellationToken) is not { } state)
        {
            return null;
        }

        var agenda = new Agenda(resources, new AgendaSettings
        {
            GroupsMax = int.MaxValue,
            ReloadsAtStart = parts.Settings.ForcesReload,
        });
        var reports = new List<TurnReport>();
        foreach (var group in agenda.Take(TimeSpan.Zero))
        {
            reports.AddRange(await parts.Runner.RunAsync(group, state, cancellationToken));
            if (parts.Settings.FailsFast && reports.Exists(report => !report.Succeeded))
            {
                break;
            }
        }

        return reports;
    }

    private async Task<KeyState?> ReadAsync(IReadOnlyList<string> roots, CancellationToken cancellationToken)
    {
        var begin = clock.GetTimestamp();
        for (var failures = 1; ; failures++)
        {
            var (state, reason) = await PolledSource.TryReadAsync(
                parts.Source, roots, parts.Settings.BackendTimeout, clock, cancellationToken);
            if (state is not null)
            {
                return state;
            }

            var pause = Retry.PauseAfter(failures, Random.Shared.NextDouble());
            if (clock.GetElapsedTime(begin) + pause > parts.Settings.WaitForBackend)
            {
                SessionLog.Lost(logger, reason);
                return null;
            }

            await Task.Delay(pause, clock, cancellationToken);
        }
    }
}
