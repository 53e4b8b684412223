using System.Globalization;
using System.Text;

namespace Sync.Templates.Time;

/// <summary>Times as text by a layout that shows how the reference time would be written.</summary>
/// <remarks>The reference time is Mon Jan 2 15:04:05 MST 2006. Source: Go package time, "Constants", as of 1.19.</remarks>
internal static class TimeLayout
{
    // Of elements that begin alike the longest comes first.
    private static readonly (string Text, Action<StringBuilder, TimeValue> Append)[] Elements =
    [
        ("January", (text, time) => text.Append(TimeNames.Month(time.Shown.Month))),
        ("Jan", (text, time) => text.Append(TimeNames.Month(time.Shown.Month).AsSpan(0, 3))),
        ("Monday", (text, time) => text.Append(TimeNames.Weekday((int)time.Shown.DayOfWeek))),
        ("Mon", (text, time) => text.Append(TimeNames.Weekday((int)time.Shown.DayOfWeek).AsSpan(0, 3))),
        ("MST", (text, time) => text.Append(time.ZoneName)),
        ("002", (text, time) => Number(text, time.Shown.DayOfYear, 3, '0')),
        ("01", (text, time) => Number(text, time.Shown.Month, 2, '0')),
        ("02", (text, time) => Number(text, time.Shown.Day, 2, '0')),
        ("03", (text, time) => Number(text, HourOfHalfDay(time), 2, '0')),
        ("04", (text, time) => Number(text, time.Shown.Minute, 2, '0')),
        ("05", (text, time) => Number(text, time.Shown.Second, 2, '0')),
        ("06", (text, time) => Number(text, time.Shown.Year % 100, 2, '0')),
        ("15", (text, time) => Number(text, time.Shown.Hour, 2, '0')),
        ("1", (text, time) => Number(text, time.Shown.Month, 1, '0')),
        ("2006", (text, time) => Number(text, time.Shown.Year, 4, '0')),
        ("2", (text, time) => Number(text, time.Shown.Day, 1, '0')),
        ("_2006", (text, time) => Number(text.Append('_'), time.Shown.Year, 4, '0')),
        ("__2", (text, time) => Number(text, time.Shown.DayOfYear, 3, ' ')),
        ("_2", (text, time) => Number(text, time.Shown.Day, 2, ' ')),
        ("3", (text, time) => Number(text, HourOfHalfDay(time), 1, '0')),
        ("4", (text, time) => Number(text, time.Shown.Minute, 1, '0')),
        ("5", (text, time) => Number(text, time.Shown.Second, 1, '0')),
        ("PM", (text, time) => text.Append(time.Shown.Hour >= 12 ? "PM" : "AM")),
        ("pm", (text, time) => text.Append(time.Shown.Hour >= 12 ? "pm" : "am")),
        ("-070000", (text, time) => text.Append(Offset(time.OffsetSeconds, "", withMinutes: true, withSeconds: true))),
        ("-07:00:00", (text, time) => text.Append(Offset(time.OffsetSeconds, ":", withMinutes: true, withSeconds: true))),
        ("-0700", (text, time) => text.Append(Offset(time.OffsetSeconds, "", withMinutes: true, withSeconds: false))),
        ("-07:00", (text, time) => text.Append(Offset(time.OffsetSeconds, ":", withMinutes: true, withSeconds: false))),
        ("-07", (text, time) => text.Append(Offset(time.OffsetSeconds, "", withMinutes: false, withSeconds: false))),
        ("Z070000", (text, time) => Zulu(text, time, "", withMinutes: true, withSeconds: true)),
        ("Z07:00:00", (text, time) => Zulu(text, time, ":", withMinutes: true, withSeconds: true)),
        ("Z0700", (text, time) => Zulu(text, time, "", withMinutes: true, withSeconds: false)),
        ("Z07:00", (text, time) => Zulu(text, time, ":", withMinutes: true, withSeconds: false)),
        ("Z07", (text, time) => Zulu(text, time, "", withMinutes: false, withSeconds: false)),
    ];

    /// <summary>Formats a time by a layout.</summary>
    public static string Format(TimeValue time, string layout)
    {
        var text = new StringBuilder();
        for (var position = 0; position < layout.Length;)
        {
            if (TryFraction(text, time, layout, ref position))
            {
                continue;
            }

            var rest = layout.AsSpan(position);
            var element = Find(rest);
            if (element < 0)
            {
                text.Append(layout[position++]);
                continue;
            }

            Elements[element].Append(text, time);
            position += Elements[element].Text.Length;
        }

        return text.ToString();
    }

    /// <summary>An offset from UTC such as <c>+0200</c>.</summary>
    public static string Offset(int seconds, string colon, bool withMinutes, bool withSeconds)
    {
        var magnitude = Math.Abs(seconds);
        var text = string.Create(CultureInfo.InvariantCulture, $"{(seconds < 0 ? '-' : '+')}{magnitude / 3600:00}");
        text += withMinutes ? string.Create(CultureInfo.InvariantCulture, $"{colon}{magnitude / 60 % 60:00}") : "";
        return text + (withSeconds ? string.Create(CultureInfo.InvariantCulture, $"{colon}{magnitude % 60:00}") : "");
    }

    private static int Find(ReadOnlySpan<char> rest)
    {
        for (var index = 0; index < Elements.Length; index++)
        {
            var element = Elements[index].Text;
            if (!rest.StartsWith(element, StringComparison.Ordinal))
            {
                continue;
            }

            // Short names do not begin longer words: "Janet" and "Months" are text.
            var isShortName = element is "Jan" or "Mon";
            if (!isShortName || rest.Length == 3 || !char.IsAsciiLetterLower(rest[3]))
            {
                return index;
            }
        }

        return -1;
    }

    // A point or comma with zeros is a fraction of that many digits; with nines, without its trailing zeros.
    private static bool TryFraction(StringBuilder text, TimeValue time, string layout, ref int position)
    {
        if (layout[position] is not ('.' or ',') || position + 1 == layout.Length || layout[position + 1] is not ('0' or '9'))
        {
            return false;
        }

        var kind = layout[position + 1];
        var end = position + 1;
        while (end < layout.Length && layout[end] == kind)
        {
            end++;
        }

        if (end < layout.Length && char.IsAsciiDigit(layout[end]))
        {
            return false;
        }

        var count = end - position - 1;
        var digits = time.Nanoseconds.ToString("000000000", CultureInfo.InvariantCulture);
        digits = digits[..Math.Min(count, 9)].PadRight(Math.Min(count, 9), '0');
        digits = kind == '9' ? digits.TrimEnd('0') : digits;
        if (digits.Length > 0)
        {
            text.Append(layout[position]).Append(digits);
        }

        position = end;
        return true;
    }

    private static void Zulu(StringBuilder text, TimeValue time, string colon, bool withMinutes, bool withSeconds) =>
        text.Append(time.OffsetSeconds == 0 ? "Z" : Offset(time.OffsetSeconds, colon, withMinutes, withSeconds));

    private static void Number(StringBuilder text, int number, int width, char padding) =>
        text.Append(number.ToString(CultureInfo.InvariantCulture).PadLeft(width, padding));

    private static int HourOfHalfDay(TimeValue time) => time.Shown.Hour % 12 is var hour and not 0 ? hour : 12;
}
