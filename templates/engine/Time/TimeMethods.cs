using Sync.Templates.Formatting;
using Sync.Templates.Functions;
using Sync.Templates.Values;

namespace Sync.Templates.Time;

/// <summary>The methods of times and durations.</summary>
/// <remarks>Source: Go package time, types Time and Duration, as of 1.19.</remarks>
internal static class TimeMethods
{
    private const string Rfc3339Nano = "2006-01-02T15:04:05.999999999Z07:00";

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
        Function.Of("IsDST", [], GoType.Bool, IsDaylightSaving),
        Function.Of("GoString", [], GoType.String, static (_, arguments) => Value.Of(Time(arguments[0]).ToGoSyntax())),
        Function.Of("MarshalText", [], GoType.Bytes,
            static (_, arguments) => Bytes(TimeLayout.Format(Time(arguments[0]), Rfc3339Nano))),
        Function.Of("MarshalJSON", [], GoType.Bytes,
            static (_, arguments) => Bytes($"\"{TimeLayout.Format(Time(arguments[0]), Rfc3339Nano)}\"")),
        Function.Of("AppendFormat", [GoType.Bytes, GoType.String], GoType.Bytes, static (_, arguments) =>
            Bytes(TimeLayout.Format(Time(arguments[0]), arguments[2].Text), arguments[1].List.Items)),
        Function.Of("In", [GoType.LocationPointer], GoType.Time, In),
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
        Function.Of("Hours", [], GoType.Float64, static (_, arguments) => In(arguments[0].Int, 3_600_000_000_000)),
        Function.Of("Minutes", [], GoType.Float64, static (_, arguments) => In(arguments[0].Int, 60_000_000_000)),
        Function.Of("Seconds", [], GoType.Float64, static (_, arguments) => In(arguments[0].Int, 1_000_000_000)),
        Function.Of("Milliseconds", [], GoType.Int64,
            static (_, arguments) => Value.OfBits(GoType.Int64, arguments[0].Int / 1_000_000)),
        Function.Of("Microseconds", [], GoType.Int64,
            static (_, arguments) => Value.OfBits(GoType.Int64, arguments[0].Int / 1_000)),
        Function.Of("Nanoseconds", [], GoType.Int64,
            static (_, arguments) => Value.OfBits(GoType.Int64, arguments[0].Int)),
        Function.Of("Abs", [], GoType.Duration, static (_, arguments) => Value.OfBits(GoType.Duration,
            arguments[0].Int == long.MinValue ? long.MaxValue : Math.Abs(arguments[0].Int))),
        Function.Of("Truncate", [GoType.Duration], GoType.Duration, static (_, arguments) => Value.OfBits(GoType.Duration,
            arguments[1].Int <= 0 ? arguments[0].Int : arguments[0].Int - (arguments[0].Int % arguments[1].Int))),
        Function.Of("Round", [GoType.Duration], GoType.Duration,
            static (_, arguments) => Value.OfBits(GoType.Duration, Rounded(arguments[0].Int, arguments[1].Int))),
    ];

    // Go adds the whole units and the rest, which gives other last digits than one division.
    private static Value In(long nanoseconds, long unit) =>
        Value.Of((nanoseconds / unit) + ((double)(nanoseconds % unit) / unit));

    private static Function Number(string name, GoType type, Func<TimeValue, long> read) =>
        Function.Of(name, [], type, (_, arguments) => Value.OfBits(type, read(Time(arguments[0]))));

    private static Function Comparison(string name, Func<int, bool> isWanted) =>
        Function.Of(name, [GoType.Time], GoType.Bool, (_, arguments) => Value.Of(
            isWanted(Time(arguments[0]).TotalNanoseconds.CompareTo(Time(arguments[1]).TotalNanoseconds))));

    private static TimeValue Time(in Value value) => value.Reference as TimeValue ?? TimeValue.Zero;

    private static Value Of(TimeValue time) => Value.OfReference(GoType.Time, time);

    private static Value Bytes(string text, ReadOnlySpan<Value> before = default)
    {
        var bytes = ByteText.Encode(text);
        var items = new Value[before.Length + bytes.Length];
        before.CopyTo(items);
        for (var index = 0; index < bytes.Length; index++)
        {
            items[before.Length + index] = Value.OfBits(GoType.Uint8, bytes[index]);
        }

        return Value.OfReference(GoType.Bytes, new ListValue(items));
    }

    private static Value In(RenderScope scope, ReadOnlySpan<Value> arguments) => arguments[1].Reference switch
    {
        null => throw new FunctionException("time: missing Location in call to Time.In"),
        TimeLocation location when location == TimeLocation.Local => Local(scope, arguments),
        TimeLocation location when location == TimeLocation.Utc =>
            Of(Time(arguments[0]) with { OffsetSeconds = 0, Location = location }),
        // A fixed place knows no offset but that of the time it was taken from.
        _ => arguments[0],
    };

    private static Value IsDaylightSaving(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var time = Time(arguments[0]);
        return Value.Of(time.Location == TimeLocation.Local && scope.Host.Clock.LocalTimeZone.IsDaylightSavingTime(
            new DateTimeOffset((time with { OffsetSeconds = 0 }).Shown, TimeSpan.Zero)));
    }

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

    // Halves go away from zero; what would not fit is the longest duration there is.
    private static long Rounded(long duration, long unit)
    {
        if (unit <= 0)
        {
            return duration;
        }

        var remainder = (Int128)duration % unit;
        var magnitude = Int128.Abs(remainder);
        var rounded = magnitude + magnitude < unit ? duration - remainder : duration - remainder + (Int128.Sign(remainder) * unit);
        return (long)Int128.Clamp(rounded, long.MinValue, long.MaxValue);
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
