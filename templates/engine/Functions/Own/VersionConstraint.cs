using System.Text.RegularExpressions;
using Sync.Templates.Values;

namespace Sync.Templates.Functions.Own;

/// <summary>One condition on versions, such as <c>&gt;=1.2</c>, <c>~1.2.3</c>, <c>^2.x</c>.</summary>
/// <param name="Operator">The sign before the version; empty for none.</param>
/// <param name="Version">The version, zeros for what is left open.</param>
/// <param name="GivenParts">How many of the three numbers are given; the others are left out, or x or *.</param>
/// <remarks>Source: documentation of Masterminds/semver, "Checking Version Constraints".</remarks>
internal sealed partial record VersionConstraint(string Operator, SemanticVersion Version, int GivenParts)
{
    /// <summary>Whether a version meets a text of conditions: alternatives between <c>||</c>, all of each between commas or spaces.</summary>
    /// <exception cref="FunctionException">The text is malformed.</exception>
    public static bool AreMet(string text, SemanticVersion version) =>
        text.Split("||").Select(Parse).ToList().Exists(all => all.TrueForAll(one => one.IsMet(version)));

    // A pre-release is meant only by a condition that names one.
    private bool IsMet(SemanticVersion version)
    {
        if (version.Prerelease.Length > 0 && Version.Prerelease.Length == 0)
        {
            return false;
        }

        var order = version.CompareTo(Version);
        return Operator switch
        {
            ">" => GivenParts == 3 ? order > 0 : order > 0 && !HasGivenParts(version),
            "<" => order < 0,
            ">=" or "=>" => order >= 0,
            "<=" or "=<" => order <= 0 || (GivenParts < 3 && HasGivenParts(version)),
            "!=" => GivenParts == 3 ? order != 0 : !HasGivenParts(version),
            "~" or "~>" => order >= 0 && HasParts(version, Math.Min(GivenParts, 2)),
            "^" => order >= 0 && HasParts(version, StableParts),
            _ => GivenParts == 3 ? order == 0 : HasGivenParts(version),
        };
    }

    private bool HasGivenParts(SemanticVersion version) => HasParts(version, GivenParts);

    // The numbers up to the first that is not zero stay what they are.
    private int StableParts => Math.Min(GivenParts, Version.Major > 0 ? 1 : Version.Minor > 0 ? 2 : 3);

    private bool HasParts(SemanticVersion version, int count) =>
        (count < 1 || version.Major == Version.Major)
        && (count < 2 || version.Minor == Version.Minor)
        && (count < 3 || version.Patch == Version.Patch);

    private static List<VersionConstraint> Parse(string text)
    {
        var all = Range().Replace(text, ">=$1 <=$2");
        var matches = One().Matches(all);
        var rest = One().Replace(all, "").Replace(",", "", StringComparison.Ordinal);
        return matches.Count > 0 && string.IsNullOrWhiteSpace(rest)
            ? [.. matches.Select(Read)]
            : throw new FunctionException($"improper constraint: {text.Trim()}");
    }

    private static VersionConstraint Read(Match match)
    {
        var numbers = match.Groups["number"].Captures.Select(capture => capture.Value).TakeWhile(number => char.IsAsciiDigit(number[0])).ToList();
        var version = string.Join('.', numbers.Concat(Enumerable.Repeat("0", 3 - numbers.Count)));
        return new VersionConstraint(match.Groups["operator"].Value, SemanticVersion.Parse(version + match.Groups["rest"].Value), numbers.Count);
    }

    [GeneratedRegex(@"(?<operator>=>|=<|>=|<=|!=|~>|[=<>~^])?\s*v?(?<number>[0-9]+|[xX*])(\.(?<number>[0-9]+|[xX*])){0,2}(?<rest>(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?)(?![0-9A-Za-z.*])",
        RegexOptions.ExplicitCapture)]
    private static partial Regex One();

    // 1.2 - 1.4.5: both ends belong to it.
    [GeneratedRegex(@"(v?[0-9][0-9A-Za-z.+*]*)\s+-\s+(v?[0-9][0-9A-Za-z.+*-]*)")]
    private static partial Regex Range();
}
