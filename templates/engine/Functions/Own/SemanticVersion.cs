using System.Globalization;
using System.Text.RegularExpressions;
using Sync.Templates.Values;

namespace Sync.Templates.Functions.Own;

/// <summary>A version of three numbers, with what may stand behind them.</summary>
/// <param name="Major">The first number.</param>
/// <param name="Minor">The second one; 0 when it is left out.</param>
/// <param name="Patch">The third one; 0 when it is left out.</param>
/// <param name="Prerelease">What stands behind the minus; empty for a release.</param>
/// <param name="Metadata">What stands behind the plus; says nothing of the order.</param>
/// <param name="Original">The text it was read from.</param>
/// <remarks>Source: Semantic Versioning 2.0.0; documentation of Masterminds/semver for what is left out.</remarks>
internal sealed partial record SemanticVersion(
    ulong Major, ulong Minor, ulong Patch, string Prerelease, string Metadata, string Original) : IComparable<SemanticVersion>
{
    /// <summary>The type of versions in templates.</summary>
    public static GoType Type { get; } = GoType.NamedStruct("semver.Version",
    [
        new("Major", GoType.Uint64), new("Minor", GoType.Uint64), new("Patch", GoType.Uint64),
        new("Prerelease", GoType.String), new("Metadata", GoType.String), new("Original", GoType.String),
    ]);

    /// <summary>Reads a version; a <c>v</c> may stand before it, minor and patch may be left out.</summary>
    /// <exception cref="FunctionException">The text is none.</exception>
    public static SemanticVersion Parse(string text)
    {
        var match = Version().Match(text);
        return match.Success && TryNumber(match, "major", out var major) && TryNumber(match, "minor", out var minor)
            && TryNumber(match, "patch", out var patch)
            ? new SemanticVersion(major, minor, patch, match.Groups["pre"].Value, match.Groups["meta"].Value, text)
            : throw new FunctionException("Invalid Semantic Version");
    }

    /// <summary>The version that a template's value holds.</summary>
    public static SemanticVersion Of(in Value value) => value.Fields is [var major, var minor, var patch, var pre, var meta, var original]
        ? new SemanticVersion(major.Uint, minor.Uint, patch.Uint, pre.Text, meta.Text, original.Text)
        : new SemanticVersion(0, 0, 0, "", "", "");

    /// <summary>The version as a template's value.</summary>
    public Value ToValue() => Value.OfReference(Type, new[]
    {
        Value.OfBits(GoType.Uint64, unchecked((long)Major)), Value.OfBits(GoType.Uint64, unchecked((long)Minor)),
        Value.OfBits(GoType.Uint64, unchecked((long)Patch)), Value.Of(Prerelease), Value.Of(Metadata), Value.Of(Original),
    });

    /// <inheritdoc/>
    public int CompareTo(SemanticVersion? other)
    {
        if (other is null)
        {
            return 1;
        }

        var byNumbers = (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
        return byNumbers != 0 ? byNumbers : ComparePrereleases(Prerelease, other.Prerelease);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}")
        + (Prerelease.Length > 0 ? "-" + Prerelease : "") + (Metadata.Length > 0 ? "+" + Metadata : "");

    // A release ranks above what came before it; numbers rank below words.
    private static int ComparePrereleases(string left, string right)
    {
        if (left.Length == 0 || right.Length == 0)
        {
            return right.Length.CompareTo(left.Length);
        }

        var (lefts, rights) = (left.Split('.'), right.Split('.'));
        for (var index = 0; index < Math.Min(lefts.Length, rights.Length); index++)
        {
            var isLeftNumber = ulong.TryParse(lefts[index], NumberStyles.None, CultureInfo.InvariantCulture, out var leftNumber);
            var isRightNumber = ulong.TryParse(rights[index], NumberStyles.None, CultureInfo.InvariantCulture, out var rightNumber);
            var order = isLeftNumber && isRightNumber ? leftNumber.CompareTo(rightNumber)
                : isLeftNumber != isRightNumber ? isRightNumber.CompareTo(isLeftNumber)
                : string.CompareOrdinal(lefts[index], rights[index]);
            if (order != 0)
            {
                return order;
            }
        }

        return lefts.Length.CompareTo(rights.Length);
    }

    private static bool TryNumber(Match match, string part, out ulong number)
    {
        number = 0;
        return !match.Groups[part].Success
            || ulong.TryParse(match.Groups[part].Value, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    [GeneratedRegex(@"\Av?(?<major>[0-9]+)(\.(?<minor>[0-9]+))?(\.(?<patch>[0-9]+))?(-(?<pre>[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*))?(\+(?<meta>[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*))?\z",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Version();
}
