using Sync.Confd.Plan.Resources;

namespace Sync.Confd.Plan.Actions;

/// <summary>Decides what to do; it does nothing itself. A dry run prints what it returns.</summary>
public static class Planner
{
    private const int FreshMode = 0b110_100_100;

    /// <summary>Plans a group of resources that were rendered from one state of the keys.</summary>
    /// <param name="candidates">The resources, in the order in which they are to be done.</param>
    /// <param name="syncOnly">Whether checks and reloads are left out.</param>
    /// <returns>
    /// The steps: for each resource announce, stage, check and replace; then each reload once.
    /// </returns>
    public static IReadOnlyList<PlanAction> Plan(IReadOnlyList<Candidate> candidates, bool syncOnly)
    {
        var actions = new List<PlanAction>();
        var reloading = new List<Candidate>();
        foreach (var candidate in candidates)
        {
            var steps = StepsFor(candidate, syncOnly);
            actions.AddRange(steps);

            var changes = steps.Any(step => step is PlanAction.Replace);
            if (candidate.Reload == ReloadDue.Always || (changes && candidate.Reload == ReloadDue.OnChange))
            {
                reloading.Add(candidate);
            }
        }

        return syncOnly ? actions : [.. actions, .. ReloadsFor(reloading)];
    }

    /// <summary>Compares a destination with what it should be.</summary>
    /// <returns>Empty when they are equal.</returns>
    internal static IReadOnlyList<Difference> Compare(
        DestinationSeen.RegularFile seen, ReadOnlyMemory<byte> content, int mode, FileOwner owner)
    {
        var differences = new List<Difference>();
        if (seen.UserId != owner.UserId)
        {
            differences.Add(new Difference.OtherUser(seen.UserId, owner.UserId));
        }

        if (seen.GroupId != owner.GroupId)
        {
            differences.Add(new Difference.OtherGroup(seen.GroupId, owner.GroupId));
        }

        if (seen.Mode != mode)
        {
            differences.Add(new Difference.OtherMode(seen.Mode, mode));
        }

        if (!seen.Content.Span.SequenceEqual(content.Span))
        {
            differences.Add(new Difference.OtherContent(seen.Content, content));
        }

        return differences;
    }

    private static List<PlanAction> StepsFor(Candidate candidate, bool syncOnly)
    {
        var resource = candidate.Resource;
        if (candidate.Rendering is RenderedFile.Refused refused)
        {
            return [new PlanAction.Refuse(resource, refused.Reason)];
        }

        var rendered = (RenderedFile.Done)candidate.Rendering;
        switch (candidate.Seen)
        {
            case DestinationSeen.Unusable unusable:
                return [new PlanAction.Refuse(resource, unusable.Reason)];
            case DestinationSeen.RegularFile file:
                var mode = resource.Mode ?? file.Mode;
                var differences = Compare(file, rendered.Content, mode, candidate.Owner);
                return differences.Count == 0
                    ? [new PlanAction.KeepInSync(resource)]
                    : Change(candidate, differences, rendered, mode, syncOnly);
            default:
                return Change(
                    candidate, [new Difference.Missing()], rendered, resource.Mode ?? FreshMode, syncOnly);
        }
    }

    private static List<PlanAction> Change(
        Candidate candidate,
        IReadOnlyList<Difference> differences,
        RenderedFile.Done rendered,
        int mode,
        bool syncOnly)
    {
        var resource = candidate.Resource;
        var steps = new List<PlanAction>
        {
            new PlanAction.Announce(resource, differences),
            new PlanAction.Stage(resource, rendered.Content, mode, candidate.Owner)
            {
                IsSensitive = resource.IsSensitive || rendered.HoldsSecrets,
            },
        };
        if (!syncOnly && resource.CheckCommand is { } check)
        {
            steps.Add(new PlanAction.Check(resource, check));
        }

        steps.Add(new PlanAction.Replace(resource));
        return steps;
    }

    private static IEnumerable<PlanAction> ReloadsFor(IReadOnlyList<Candidate> reloading)
    {
        var shared = new Dictionary<string, List<Candidate>>(StringComparer.Ordinal);
        var order = new List<(Command Command, List<Candidate> Candidates)>();
        foreach (var candidate in reloading)
        {
            if (candidate.Resource.ReloadCommand is not { } command)
            {
                continue;
            }

            // A command that names a file is that file's own; it is shared with nobody.
            var identity = command.NamesPaths ? $"\0{order.Count}" : command.Identity;
            if (!shared.TryGetValue(identity, out var group))
            {
                group = [];
                order.Add((command, group));
                shared.Add(identity, group);
            }

            group.Add(candidate);
        }

        return order.Select(reload => new PlanAction.Reload(
            reload.Command,
            [.. reload.Candidates.Select(candidate => candidate.Resource)],
            [.. reload.Candidates.Where(candidate => candidate.Reload == ReloadDue.Always)
                .Select(candidate => candidate.Resource)]));
    }
}
