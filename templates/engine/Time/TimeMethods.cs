using Sync.Templates.Functions;
using Sync.Templates.Values;

namespace Sync.Templates.Time;

/// <summary>The methods of times and durations.</summary>
/// <remarks>Source: Go package time, types Time and Duration, as of 1.19.</remarks>
internal static class TimeMethods
{
    /// <summary>The methods of times.</summary>
    public static IEnumerable<Function> OfTime { get; } =
    [
        Function.Of("Format", [GoType.String], GoType.String,
            static (_, arguments) => Value.Of(TimeLayout.Format(Time(arguments[0]), arguments[1].Text))),
        Function.Of("String", [], GoType.String, static (_, arguments) => Value.Of(Time(arguments[0]).ToString())),
        Number("Unix", GoType.Int64, static time => time.UnixSeconds),
        Number("UnixMilli", GoType.Int64, static time => (time.UnixSeconds * 1_000) + (time.Nanoseconds / 1_000_000)),
        Number("UnixMicro", GoType.Int64, static time => (time.UnixSeconds * 1_000_000) + (time.Nanoseconds / 1_000)),
        Number("UnixNano", GoType.Int64, static time => unchecked((time.UnixSeconds * 1_000_000_000) + time.Nanoseconds)),
        Number("Year", GoType.Int, static time => time.Shown.Year),
        Number("Month", GoType.Month, static time => time.Shown.Month),
        Number("Day", GoType.Int, static time => time.Shown.Day),
        Number("Hour", GoType.Int, static time => time.Shown.Hour),
        Number("Minute", GoType.Int, static time => time.Shown.Minute),
        Number("Second", GoType.Int, static time => time.Shown.Second),
        Number("Nanosecond", GoType.Int, static time => time.Nanoseconds),
        Number("Weekday", GoType.Weekday, static time => (long)time.Shown.DayOfWeek),
        Number("YearDay", GoType.Int, static time => time.Shown.DayOfYear),
        Function.Of("IsZero", [], GoType.Bool,
            static (_, arguments) => Value.Of(Time(arguments[0]).TotalNanoseconds == 0)),
        Function.Of("Location", [], GoType.LocationPointer,
            static (_, arguments) => Value.OfReference(GoType.LocationPointer, Time(arguments[0]).Location)),
        Function.Of("UTC", [], GoType.Time,
            static (_, arguments) => Of(Time(arguments[0]) with { OffsetSeconds = 0, Location = TimeLocation.Utc })),
        Function.Of("Local", [], GoType.Time, Local),
        Function.Of("Add", [GoType.Duration], GoType.Time,
            static (_, arguments) => Of(Time(arguments[0]).Plus(arguments[1].Int))),
        Function.Of("AddDate", [GoType.Int, GoType.Int, GoType.Int], GoType.Time, AddDate),
        Function.Of("Sub", [GoType.Time], GoType.Duration, static (_, arguments) => Value.OfBits(GoType.Duration,
            (long)Int128.Clamp(Time(arguments[0]).TotalNanoseconds - Time(arguments[1]).TotalNanoseconds, long.MinValue, long.MaxValue))),
        Comparison("After", static order => order > 0),
        Comparison("Before", static order => order < 0),
        Comparison("Equal", static order => order == 0),
        Function.Of("Truncate", [GoType.Duration], GoType.Time,
            static (_, arguments) => Of(Rounded(Time(arguments[0]), arguments[1].Int, up: false))),
        Function.Of("Round", [GoType.Duration], GoType.Time,
            static (_, arguments) => Of(Rounded(Time(arguments[0]), arguments[1].Int, up: true))),
    ];

    /// <summary>The methods of durations.</summary>
    public static IEnumerable<Function> OfDuration { get; } =
    [
        Function.Of("String", [], GoType.String,
            static (_, arguments) => Value.Of(DurationText.Format(arguments[0].Int))),
        Function.Of("Hours", [], GoType.Float64, static (_, arguments) => Value.Of(arguments[0].Int / 3.6e12)),
        Function.Of("Minutes", [], GoType.Float64, static (_, arguments) => Value.Of(arguments[0].Int / 6e10)),
        Function.Of("Seconds", [], GoType.Float64, static (_, arguments) => Value.Of(arguments[0].Int / 1e9)),
        Function.Of("Milliseconds", [], GoType.Int64,
            static (_, arguments) => Value.OfBits(GoType.Int64, arguments[0].Int / 1_000_000)),
        Function.Of("Microseconds", [], GoType.Int64,
            static (_, arguments) => Value.OfBits(GoType.Int64, arguments[0].Int / 1_000)),
        Function.Of("Nanoseconds", [], GoType.Int64,
            static (_, arguments) => Value.OfBits(GoType.Int64, arguments[0].Int)),
    ];

    private static Function Number(string name, GoType type, Func<TimeValue, long> read) =>
        Function.Of(name, [], type, (_, arguments) => Value.OfBits(type, read(Time(arguments[0]))));

    private static Function Comparison(string name, Func<int, bool> isWanted) =>
        Function.Of(name, [GoType.Time], GoType.Bool, (_, arguments) => Value.Of(
            isWanted(Time(arguments[0]).TotalNanoseconds.CompareTo(Time(arguments[1]).TotalNanoseconds))));

    private static TimeValue Time(in Value value) => value.Reference as TimeValue ?? TimeValue.Zero;

    private static Value Of(TimeValue time) => Value.OfReference(GoType.Time, time);

    private static Value Local(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var time = Time(arguments[0]);
        var offset = TimeValue.OffsetAt(scope.Host.Clock,
            new DateTimeOffset((time with { OffsetSeconds = 0 }).Shown, TimeSpan.Zero));
        return Of(time with { OffsetSeconds = offset, Location = TimeLocation.Local });
    }

    // Days beyond a month's end run into the next one; a time of day is kept.
    private static Value AddDate(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var time = Time(arguments[0]);
        var shown = time.Shown;
        var months = (Int128)(shown.Year - 1) * 12 + shown.Month - 1 + ((Int128)arguments[1].Int * 12) + arguments[2].Int;
        if (months < 0 || months >= 9999 * 12)
        {
            throw new FunctionException("the year is out of range");
        }

        var first = new DateTime((int)(months / 12) + 1, (int)(months % 12) + 1, 1, 0, 0, 0, DateTimeKind.Unspecified);
        var before = new DateTime(shown.Year, shown.Month, 1, 0, 0, 0, DateTimeKind.Unspecified);
        var days = (Int128)(first - before).Days + arguments[3].Int;
        var moved = time.Plus(days * 86_400 * 1_000_000_000);
        return Of(moved with { MonotonicNanoseconds = null });
    }

    // Halves go up. A unit that is not positive changes nothing.
    private static TimeValue Rounded(TimeValue time, long unit, bool up)
    {
        var plain = time with { MonotonicNanoseconds = null };
        if (unit <= 0)
        {
            return plain;
        }

        var remainder = time.TotalNanoseconds % unit;
        return up && remainder + remainder >= unit ? plain.Plus(unit - remainder) : plain.Plus(-remainder);
    }
}
