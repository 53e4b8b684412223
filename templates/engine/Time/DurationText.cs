using System.Globalization;
using System.Text;

namespace Sync.Templates.Time;

/// <summary>Durations as Go prints them: <c>1h2m3.5s</c>, <c>300ms</c>, <c>0s</c>.</summary>
internal static class DurationText
{
    private const ulong Second = 1_000_000_000;

    /// <summary>Formats a duration.</summary>
    /// <param name="nanoseconds">The duration in nanoseconds.</param>
    public static string Format(long nanoseconds)
    {
        var sign = nanoseconds < 0 ? "-" : "";
        var magnitude = nanoseconds < 0 ? unchecked(0 - (ulong)nanoseconds) : (ulong)nanoseconds;
        return magnitude switch
        {
            0 => "0s",
            < 1_000 => sign + Scaled(magnitude, 1) + "ns",
            < 1_000_000 => sign + Scaled(magnitude, 1_000) + "µs",
            < Second => sign + Scaled(magnitude, 1_000_000) + "ms",
            _ => sign + Clock(magnitude),
        };
    }

    private static string Clock(ulong magnitude)
    {
        var text = new StringBuilder();
        var minutes = magnitude / (60 * Second);
        if (minutes >= 60)
        {
            text.Append(CultureInfo.InvariantCulture, $"{minutes / 60}h");
        }

        if (minutes > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{minutes % 60}m");
        }

        return text.Append(Scaled(magnitude % (60 * Second), Second)).Append('s').ToString();
    }

    private static string Scaled(ulong magnitude, ulong unit)
    {
        var whole = (magnitude / unit).ToString(CultureInfo.InvariantCulture);
        var digits = unit.ToString(CultureInfo.InvariantCulture).Length - 1;
        var fraction = (magnitude % unit).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0').TrimEnd('0');
        return magnitude % unit == 0 ? whole : $"{whole}.{fraction}";
    }
}
