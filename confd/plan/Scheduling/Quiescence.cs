using Sync.Confd.Plan.Resources;

namespace Sync.Confd.Plan.Scheduling;

/// <summary>How long to wait after a change for further ones, so that a burst is rendered once.</summary>
/// <param name="Quiet">Nothing may have changed for this long; each change starts it again. Zero waits not at all.</param>
/// <param name="Longest">Never longer than this after the first change.</param>
/// <remarks>Source: consul-template, the <c>wait</c> setting.</remarks>
public sealed record Quiescence(TimeSpan Quiet, TimeSpan Longest)
{
    /// <summary>Renders at once.</summary>
    public static readonly Quiescence None = new(TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>Reads <c>MIN</c> or <c>MIN:MAX</c>, both in Go's notation; MAX is four times MIN when left out.</summary>
    /// <returns>Null when the text is not of that form, or MAX is below MIN.</returns>
    public static Quiescence? Parse(string text)
    {
        var parts = text.Split(':');
        if (parts.Length > 2 || GoDuration.Parse(parts[0]) is not { } quiet || quiet < TimeSpan.Zero)
        {
            return null;
        }

        var longest = parts.Length == 2 ? GoDuration.Parse(parts[1]) : 4 * quiet;
        return longest >= quiet ? new Quiescence(quiet, longest.Value) : null;
    }

    /// <summary>When a group of changes is ripe.</summary>
    /// <param name="firstChange">The time of the first change that is not rendered yet.</param>
    /// <param name="lastChange">The time of the last one, not before the first.</param>
    public TimeSpan RipeAt(TimeSpan firstChange, TimeSpan lastChange)
    {
        var quiet = lastChange + Quiet;
        var longest = firstChange + Longest;
        return quiet < longest ? quiet : longest;
    }
}
