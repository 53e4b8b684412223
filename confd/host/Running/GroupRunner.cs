using Microsoft.Extensions.Logging;
using Sync.Confd.Commands;
using Sync.Confd.Files;
using Sync.Confd.Options;
using Sync.Confd.Plan.Actions;
using Sync.Confd.Plan.Resources;
using Sync.Confd.Plan.Scheduling;
using Sync.Confd.Rendering;
using Sync.Confd.Sources;

namespace Sync.Confd.Running;

/// <summary>
/// Carries a group of resources through their turn: renders all of them from one state of the keys, looks at the
/// destinations, asks for the plan and carries it out.
/// </summary>
internal sealed class GroupRunner(
    ConfdSettings settings, TemplateRenderer renderer, CommandRunner commands, TextWriter differences, ILogger logger)
{
    /// <summary>Runs a group.</summary>
    /// <param name="turns">The resources, which share a reload command or are a single one.</param>
    /// <param name="state">The keys that all of them are rendered from.</param>
    /// <param name="killing">Ends commands at once; the turn then counts as failed.</param>
    /// <returns>How each turn ended, in the order of <paramref name="turns"/>. Never throws for one resource's fault.</returns>
    public async Task<IReadOnlyList<TurnReport>> RunAsync(
        IReadOnlyList<Turn> turns, KeyState state, CancellationToken killing)
    {
        var candidates = turns.Select(turn => CandidateOf(turn, state, killing)).ToList();
        var plan = Planner.Plan(candidates, settings.IsSyncOnly);
        using var run = new PlanRun(settings, commands, logger);
        foreach (var action in plan)
        {
            if (settings.IsNoop)
            {
                Show(action);
            }
            else
            {
                await run.DoAsync(action, killing);
            }
        }

        return settings.IsNoop
            ? [.. turns.Select(turn => NoopReport(turn, plan))]
            : [.. turns.Select(turn => run.ReportOf(turn))];
    }

    private Candidate CandidateOf(Turn turn, KeyState state, CancellationToken killing)
    {
        var resource = turn.Resource;
        TurnLog.Rendering(logger, resource.TemplateName, state.Revision);
        var rendering = renderer.Render(resource, state, killing);
        var ownership = Accounts.For(resource);
        if (ownership.Remark is { } remark)
        {
            TurnLog.OwnerKept(logger, remark);
        }

        return new Candidate(
            resource,
            ownership.Refusal is { } refusal ? new RenderedFile.Refused(refusal) : rendering,
            Destination.Look(resource),
            ownership.Owner,
            turn.Reload);
    }

    // A dry run says what the plan says and does none of it.
    private void Show(PlanAction action)
    {
        switch (action)
        {
            case PlanAction.Refuse refuse:
                TurnLog.ResourceFailed(logger, refuse.Reason);
                break;
            case PlanAction.KeepInSync keep:
                TurnLog.InSync(logger, keep.Resource.Destination);
                break;
            case PlanAction.Announce announce:
                PlanRun.Announce(logger, announce);
                TurnLog.Noop(logger, announce.Resource.Destination);
                break;
            case PlanAction.Stage stage when settings.ShowsDifferences:
                ShowDifference(stage);
                break;
            case PlanAction.Check check:
                TurnLog.WouldRun(logger, check.Command.Text);
                break;
            case PlanAction.Reload reload:
                TurnLog.WouldRun(logger, reload.Command.Text);
                break;
        }
    }

    private void ShowDifference(PlanAction.Stage stage)
    {
        var path = stage.Resource.Destination;
        if (stage.IsSensitive)
        {
            differences.WriteLine($"{path}: differs, not shown");
            return;
        }

        var former = Destination.Look(stage.Resource) is DestinationSeen.RegularFile file
            ? file.Content
            : ReadOnlyMemory<byte>.Empty;
        differences.Write(UnifiedDiff.Between(path, former.Span, stage.Content.Span, settings.DifferenceContextLines));
        differences.Flush();
    }

    private static TurnReport NoopReport(Turn turn, IReadOnlyList<PlanAction> plan)
    {
        var failed = plan.Any(action => action is PlanAction.Refuse refuse && refuse.Resource == turn.Resource);
        var changes = plan.Any(action => action is PlanAction.Replace replace && replace.Resource == turn.Resource);
        return new TurnReport(turn.Resource, new TurnOutcome(!failed, ReloadOutcome.NotDue), changes);
    }
}

/// <summary>How a resource's turn ended.</summary>
/// <param name="Resource">The resource.</param>
/// <param name="Outcome">What the agenda wants to know.</param>
/// <param name="Changed">Whether the destination was, or in a dry run would be, replaced.</param>
internal sealed record TurnReport(Resource Resource, TurnOutcome Outcome, bool Changed)
{
    /// <summary>Whether the file is in place and no reload failed.</summary>
    public bool Succeeded => Outcome.IsInPlace && Outcome.Reload != ReloadOutcome.Failed;
}
