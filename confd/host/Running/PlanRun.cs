using Microsoft.Extensions.Logging;
using Sync.Confd.Commands;
using Sync.Confd.Files;
using Sync.Confd.Options;
using Sync.Confd.Plan.Actions;
using Sync.Confd.Plan.Resources;
using Sync.Confd.Plan.Scheduling;

namespace Sync.Confd.Running;

/// <summary>
/// One plan being carried out. A resource whose step fails is out: its later steps are left, its destination is as it
/// was; the other resources go on.
/// </summary>
internal sealed class PlanRun(ConfdSettings settings, CommandRunner commands, ILogger logger) : IDisposable
{
    private readonly Dictionary<Resource, StagedFile> _staged = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Resource> _failed = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Resource> _replaced = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Resource, ReloadOutcome> _reloads = new(ReferenceEqualityComparer.Instance);

    /// <summary>Does one step.</summary>
    public async Task DoAsync(PlanAction action, CancellationToken killing)
    {
        switch (action)
        {
            case PlanAction.Refuse refuse:
                Fail(refuse.Resource, refuse.Reason);
                break;
            case PlanAction.KeepInSync keep:
                TurnLog.InSync(logger, keep.Resource.Destination);
                break;
            case PlanAction.Announce announce:
                Announce(logger, announce);
                break;
            case PlanAction.Stage stage:
                Stage(stage);
                break;
            case PlanAction.Check check when !_failed.Contains(check.Resource):
                await CheckAsync(check, killing);
                break;
            case PlanAction.Replace replace when !_failed.Contains(replace.Resource):
                Replace(replace.Resource);
                break;
            case PlanAction.Reload reload:
                await ReloadAsync(reload, killing);
                break;
        }
    }

    /// <summary>How a turn of the plan ended.</summary>
    public TurnReport ReportOf(Turn turn)
    {
        var isReplaced = _replaced.Contains(turn.Resource);
        var isPutOff = isReplaced && turn.Reload == ReloadDue.Later && !settings.IsSyncOnly
            && turn.Resource.ReloadCommand is not null;
        var reload = isPutOff ? ReloadOutcome.PutOff : _reloads.GetValueOrDefault(turn.Resource);
        return new TurnReport(turn.Resource, new TurnOutcome(!_failed.Contains(turn.Resource), reload), isReplaced);
    }

    /// <summary>Logs how a destination differs, as confd does.</summary>
    public static void Announce(ILogger logger, PlanAction.Announce announce)
    {
        var destination = announce.Resource.Destination;
        foreach (var difference in announce.Differences)
        {
            TurnLog.Differs(logger, difference.Sentence(destination));
        }

        TurnLog.OutOfSync(logger, destination);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var staged in _staged.Values)
        {
            staged.Dispose();
        }
    }

    private void Stage(PlanAction.Stage stage)
    {
        try
        {
            var staged = StagedFile.Write(stage);
            _staged.Add(stage.Resource, staged);
            if (settings.KeepsStageFile)
            {
                TurnLog.StageKept(logger, staged.Keep());
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Fail(stage.Resource, failure.Message);
        }
    }

    private async Task CheckAsync(PlanAction.Check check, CancellationToken killing)
    {
        var limit = check.Resource.CheckTimeout ?? settings.CheckTimeout;
        var report = await RunAsync(check.Command, check.Resource, _staged[check.Resource].Path, limit, killing);
        if (!report.Succeeded)
        {
            Fail(check.Resource, $"Config check failed: {report.End.Phrase}");
        }
    }

    private void Replace(Resource resource)
    {
        try
        {
            TurnLog.Overwriting(logger, resource.Destination);
            if (_staged[resource].Commit())
            {
                TurnLog.WrittenInPlace(logger, resource.Destination);
            }

            _replaced.Add(resource);
            if (resource.ReloadCommand is null || settings.IsSyncOnly)
            {
                TurnLog.Updated(logger, resource.Destination);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Fail(resource, $"cannot replace {resource.Destination}: {failure.Message}");
        }
    }

    private async Task ReloadAsync(PlanAction.Reload reload, CancellationToken killing)
    {
        var affected = reload.Resources
            .Where(resource => _replaced.Contains(resource) || reload.Owed.Contains(resource)).ToList();
        if (affected.Count == 0)
        {
            return;
        }

        var first = affected[0];
        var source = _staged.TryGetValue(first, out var staged) ? staged.Path : first.Destination;
        var limit = first.ReloadTimeout ?? settings.ReloadTimeout;
        var report = await RunAsync(reload.Command, first, source, limit, killing);
        if (!report.Succeeded)
        {
            TurnLog.ReloadFailed(logger, reload.Command.Text, report.End.Phrase);
        }

        foreach (var resource in affected)
        {
            _reloads[resource] = report.Succeeded ? ReloadOutcome.Done : ReloadOutcome.Failed;
            if (report.Succeeded && _replaced.Contains(resource))
            {
                TurnLog.Updated(logger, resource.Destination);
            }
        }
    }

    private async Task<CommandReport> RunAsync(
        Command command, Resource resource, string source, TimeSpan limit, CancellationToken killing)
    {
        var arguments = command.ArgumentsFor(source, resource.Destination);
        TurnLog.Running(logger, string.Join(' ', arguments.Skip(command.UsesShell ? 2 : 0)));
        var environment = new Dictionary<string, string?>
        {
            ["CONFD_SRC"] = source,
            ["CONFD_DEST"] = resource.Destination,
            ["CONFD_CHANGED"] = "1",
        };
        var report = await commands.RunAsync(new CommandInvocation(arguments, environment, limit), killing);
        var output = QuotedText.Of(report.Output);
        if (report.Succeeded)
        {
            TurnLog.CommandOutput(logger, output);
        }
        else
        {
            TurnLog.FailedCommandOutput(logger, output);
        }

        return report;
    }

    private void Fail(Resource resource, string reason)
    {
        _failed.Add(resource);
        TurnLog.ResourceFailed(logger, reason);
    }
}
