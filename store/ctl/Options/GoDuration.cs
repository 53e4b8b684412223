using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Sync.Store.Ctl.Options;

/// <summary>Spans of time as etcd's tools write them: <c>300ms</c>, <c>1.5s</c>, <c>2h45m</c>.</summary>
internal static partial class GoDuration
{
    private static readonly Dictionary<string, double> UnitSeconds = new(StringComparer.Ordinal)
    {
        ["ns"] = 1e-9,
        ["us"] = 1e-6,
        ["µs"] = 1e-6,
        ["ms"] = 1e-3,
        ["s"] = 1,
        ["m"] = 60,
        ["h"] = 3600,
    };

    /// <summary>Reads a span of time; null when the text is none.</summary>
    public static TimeSpan? Parse(string text)
    {
        var match = Whole().Match(text);
        if (!match.Success)
        {
            return text == "0" ? TimeSpan.Zero : null;
        }

        var seconds = Part().Matches(text).Sum(part =>
            double.Parse(part.Groups[1].Value, CultureInfo.InvariantCulture) * UnitSeconds[part.Groups[2].Value]);
        return TimeSpan.FromSeconds(seconds);
    }

    /// <summary>Writes a span of time with the largest unit that leaves no zero in front.</summary>
    public static string Format(TimeSpan time)
    {
        var nanoseconds = time.Ticks * 100;
        return nanoseconds switch
        {
            0 => "0s",
            < 1_000 => $"{nanoseconds}ns",
            < 1_000_000 => $"{Decimal(nanoseconds, 1_000)}µs",
            < 1_000_000_000 => $"{Decimal(nanoseconds, 1_000_000)}ms",
            _ => Long(time),
        };
    }

    private static string Long(TimeSpan time)
    {
        var hours = (long)time.TotalHours;
        var text = new StringBuilder();
        if (hours > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{hours}h");
        }

        if (hours > 0 || time.Minutes > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{time.Minutes}m");
        }

        var rest = time - TimeSpan.FromMinutes((long)time.TotalMinutes);
        return text.Append(CultureInfo.InvariantCulture, $"{Decimal(rest.Ticks * 100, 1_000_000_000)}s").ToString();
    }

    private static string Decimal(long nanoseconds, long unit) =>
        ((decimal)nanoseconds / unit).ToString("0.#########", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*$")]
    private static partial Regex Whole();

    [GeneratedRegex(@"(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)")]
    private static partial Regex Part();
}
