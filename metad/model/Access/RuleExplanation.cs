using System.Text;
using Sync.Metad.Model.Paths;

namespace Sync.Metad.Model.Access;

/// <summary>Why a path shows or not: which rules bear on it, and what becomes of each step towards it.</summary>
/// <param name="Steps">From the root to the path; ends early at the step that is refused.</param>
/// <param name="Matches">The rules whose path is the path or a place above it, in the order of the steps.</param>
/// <param name="IsReached">States that every step was allowed.</param>
/// <param name="MayRead">States that a value at the path would be shown.</param>
/// <param name="HasRulesBelow">States that rules go on below the path, so that a directory may show a part.</param>
public sealed record RuleExplanation(
    IReadOnlyList<RuleStep> Steps,
    IReadOnlyList<AccessRule> Matches,
    bool IsReached,
    bool MayRead,
    bool HasRulesBelow)
{
    /// <summary>Walks to a path as a read does.</summary>
    /// <param name="rules">The rules of a caller.</param>
    /// <param name="path">The path; it need not exist.</param>
    public static RuleExplanation Of(AccessRules rules, MetadataPath path)
    {
        var walk = rules.Start();
        var steps = new List<RuleStep> { new("/", IsAllowed: true, walk.MayRead) };
        var isReached = true;
        var place = new StringBuilder();
        foreach (var segment in path.Segments)
        {
            place.Append('/').Append(Encoding.UTF8.GetString(segment));
            isReached = walk.TryEnter(segment, out walk);
            steps.Add(new(place.ToString(), isReached, isReached && walk.MayRead));
            if (!isReached)
            {
                break;
            }
        }

        var matches = rules.Listed().Where(rule => Bears(MetadataPath.Split(rule.Path), path));
        return new(
            steps,
            [.. matches.OrderBy(rule => rule.Path.Count(letter => letter == '/'))],
            isReached,
            isReached && walk.MayRead,
            isReached && !walk.IsUniform);
    }

    // The rule's segments, with a wildcard for any name, begin the path.
    private static bool Bears(MetadataPath rule, MetadataPath path)
    {
        var segments = path.Segments;
        foreach (var pattern in rule.Segments)
        {
            if (!segments.MoveNext() || !(pattern is [(byte)'*'] || pattern.SequenceEqual(segments.Current)))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>One step of a walk.</summary>
/// <param name="Path">Where the step leads.</param>
/// <param name="IsAllowed">States that the rules let the walk go there.</param>
/// <param name="MayRead">States that a value there would be shown.</param>
public sealed record RuleStep(string Path, bool IsAllowed, bool MayRead);
