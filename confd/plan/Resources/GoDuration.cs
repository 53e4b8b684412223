using System.Buffers;
using System.Globalization;

namespace Sync.Confd.Plan.Resources;

/// <summary>Durations as Go writes them: <c>300ms</c>, <c>1.5h</c>, <c>2h45m</c>.</summary>
public static class GoDuration
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    private static readonly (string Unit, double Ticks)[] Units =
    [
        ("ns", 0.01), ("us", 10), ("µs", 10), ("μs", 10), ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour),
    ];

    /// <summary>Reads a duration.</summary>
    /// <param name="text">An optional sign, then numbers each with a unit, or a bare <c>0</c>.</param>
    /// <returns>Null when the text is no duration, or more than 290 years.</returns>
    /// <remarks>Source: Go's documentation of <c>time.ParseDuration</c>.</remarks>
    public static TimeSpan? Parse(string text)
    {
        var isNegative = text.StartsWith('-');
        var rest = text.AsSpan(isNegative || text.StartsWith('+') ? 1 : 0);
        if (rest is "0")
        {
            return TimeSpan.Zero;
        }

        if (rest.IsEmpty)
        {
            return null;
        }

        var ticks = 0.0;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(NumberCharacters);
            if (digits <= 0 || !TryNumber(rest[..digits], out var number))
            {
                return null;
            }

            rest = rest[digits..];
            var letters = rest.IndexOfAny(NumberCharacters);
            var unit = (letters < 0 ? rest : rest[..letters]).ToString();
            var factor = Units.FirstOrDefault(known => known.Unit == unit).Ticks;
            if (factor == 0)
            {
                return null;
            }

            ticks += number * factor;
            rest = rest[unit.Length..];
        }

        return ticks < long.MaxValue ? TimeSpan.FromTicks((long)(isNegative ? -ticks : ticks)) : null;
    }

    /// <summary>Writes a duration in seconds, minutes and hours, such as <c>1m30s</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration < TimeSpan.FromSeconds(1))
        {
            return string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.###}ms");
        }

        var hours = (long)duration.TotalHours;
        var seconds = (duration.Ticks % TimeSpan.TicksPerMinute) / (double)TimeSpan.TicksPerSecond;
        return (hours > 0 ? $"{hours}h" : "")
            + (duration.TotalMinutes >= 1 ? $"{duration.Minutes}m" : "")
            + string.Create(CultureInfo.InvariantCulture, $"{seconds:0.###}s");
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out double number) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
}
