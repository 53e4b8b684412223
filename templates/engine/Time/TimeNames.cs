using System.Globalization;

namespace Sync.Templates.Time;

/// <summary>The English names of months and weekdays.</summary>
internal static class TimeNames
{
    private static readonly string[] Months =
    [
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ];

    private static readonly string[] Weekdays =
        ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

    /// <summary>The name of a month counted from 1.</summary>
    public static string Month(long month) => month is >= 1 and <= 12
        ? Months[month - 1]
        : string.Create(CultureInfo.InvariantCulture, $"%!Month({(ulong)month})");

    /// <summary>The name of a weekday counted from Sunday, 0.</summary>
    public static string Weekday(long weekday) => weekday is >= 0 and <= 6
        ? Weekdays[weekday]
        : string.Create(CultureInfo.InvariantCulture, $"%!Weekday({(ulong)weekday})");
}
