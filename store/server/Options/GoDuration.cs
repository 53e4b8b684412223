using System.Buffers;
using System.Globalization;

namespace Sync.Store.Options;

/// <summary>Durations as etcd's flags write them: <c>10m</c>, <c>1h30m</c>, <c>300ms</c>.</summary>
internal static class GoDuration
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    /// <summary>Reads a duration that is not negative.</summary>
    /// <returns>The duration, or null when the text is not one.</returns>
    public static TimeSpan? Parse(string text)
    {
        if (text == "0")
        {
            return TimeSpan.Zero;
        }

        var total = TimeSpan.Zero;
        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            var digits = rest.IndexOfAnyExcept(NumberCharacters);
            if (digits <= 0
                || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount))
            {
                return null;
            }

            rest = rest[digits..];
            var (unit, length) = UnitAtStart(rest);
            if (length == 0)
            {
                return null;
            }

            total += amount * unit;
            rest = rest[length..];
        }

        return text.Length == 0 ? null : total;
    }

    private static (TimeSpan Unit, int Length) UnitAtStart(ReadOnlySpan<char> text) =>
        text switch
        {
            ['m', 's', ..] => (TimeSpan.FromMilliseconds(1), 2),
            ['u' or 'µ', 's', ..] => (TimeSpan.FromMicroseconds(1), 2),
            ['n', 's', ..] => (TimeSpan.FromTicks(1) / 100, 2),
            ['h', ..] => (TimeSpan.FromHours(1), 1),
            ['m', ..] => (TimeSpan.FromMinutes(1), 1),
            ['s', ..] => (TimeSpan.FromSeconds(1), 1),
            _ => (TimeSpan.Zero, 0),
        };
}
