using System.Globalization;
using Sync.Templates.Values;

namespace Sync.Templates.Time;

/// <summary>An instant with the place it is shown in.</summary>
/// <param name="Seconds">Whole seconds since the year 1, UTC.</param>
/// <param name="Nanoseconds">The fraction, 0 to 999,999,999.</param>
/// <param name="OffsetSeconds">The offset from UTC in seconds, positive to the east.</param>
/// <param name="Location">The place that the offset belongs to.</param>
internal sealed record TimeValue(long Seconds, int Nanoseconds, int OffsetSeconds, TimeLocation Location)
{
    /// <summary>Seconds from the year 1 to the Unix epoch.</summary>
    public const long UnixEpochSeconds = 62_135_596_800;

    /// <summary>The first instant of the year 1.</summary>
    public static TimeValue Zero { get; } = new(0, 0, 0, TimeLocation.Utc);

    /// <summary>The clock reading in nanoseconds that a time from a clock also carries.</summary>
    public long? MonotonicNanoseconds { get; init; }

    /// <summary>What printing the struct shows: the fraction, the seconds, and the location's pointer.</summary>
    public Value[] Fields =>
    [
        Value.OfBits(GoType.Uint64, Nanoseconds),
        Value.OfBits(GoType.Int64, Seconds),
        Value.OfReference(GoType.LocationPointer, Location == TimeLocation.Utc ? null : Location),
    ];

    /// <summary>Date and time as shown, without the fraction; outside the years 1 to 9999 the nearest there is.</summary>
    public DateTime Shown => new(
        Math.Clamp(Seconds + OffsetSeconds, 0, DateTime.MaxValue.Ticks / TimeSpan.TicksPerSecond) * TimeSpan.TicksPerSecond,
        DateTimeKind.Unspecified);

    /// <summary>The seconds since the Unix epoch.</summary>
    public long UnixSeconds => Seconds - UnixEpochSeconds;

    /// <summary>The nanoseconds since the year 1.</summary>
    public Int128 TotalNanoseconds => ((Int128)Seconds * 1_000_000_000) + Nanoseconds;

    /// <summary>The present time of a clock, in its zone.</summary>
    public static TimeValue Now(TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        var (seconds, ticks) = Math.DivRem(now.Ticks, TimeSpan.TicksPerSecond);
        return new TimeValue(seconds, (int)ticks * 100, OffsetAt(clock, now), TimeLocation.Local)
        {
            MonotonicNanoseconds = (long)(clock.GetTimestamp() * (1e9 / clock.TimestampFrequency)),
        };
    }

    /// <summary>Reads a time as RFC 3339 writes it.</summary>
    public static TimeValue Parse(string text)
    {
        // Read apart, for nine digits would be rounded to seven.
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var fraction = point < 0 ? "" : new string([.. text.Skip(point + 1).TakeWhile(char.IsAsciiDigit)]);
        var instant = DateTimeOffset.Parse(
            point < 0 ? text : text.Remove(point, fraction.Length + 1), CultureInfo.InvariantCulture);
        return new TimeValue(
            instant.UtcTicks / TimeSpan.TicksPerSecond,
            int.Parse(fraction.PadRight(9, '0')[..9], CultureInfo.InvariantCulture),
            (int)instant.Offset.TotalSeconds,
            instant.Offset == TimeSpan.Zero ? TimeLocation.Utc : TimeLocation.Fixed);
    }

    /// <summary>The offset of a clock's zone at an instant, in seconds.</summary>
    public static int OffsetAt(TimeProvider clock, DateTimeOffset instant) =>
        (int)clock.LocalTimeZone.GetUtcOffset(instant).TotalSeconds;

    /// <summary>The time a number of nanoseconds later.</summary>
    public TimeValue Plus(Int128 nanoseconds)
    {
        var total = TotalNanoseconds + nanoseconds;
        var seconds = total / 1_000_000_000;
        var fraction = total % 1_000_000_000;
        if (fraction < 0)
        {
            seconds--;
            fraction += 1_000_000_000;
        }

        return this with { Seconds = (long)seconds, Nanoseconds = (int)fraction };
    }

    /// <summary>The zone's abbreviation; its offset when it has none.</summary>
    public string ZoneName => Location == TimeLocation.Utc || (Location == TimeLocation.Local && OffsetSeconds == 0)
        ? "UTC"
        : TimeLayout.Offset(OffsetSeconds, colon: "", withMinutes: Location == TimeLocation.Fixed || OffsetSeconds / 60 % 60 != 0, withSeconds: false);

    /// <summary>The text of the time in Go's source syntax.</summary>
    public string ToGoSyntax()
    {
        var place = Location == TimeLocation.Utc ? "time.UTC" : Location == TimeLocation.Local ? "time.Local" : "time.Location(\"\")";
        return string.Create(CultureInfo.InvariantCulture,
            $"time.Date({Shown.Year}, time.{TimeNames.Month(Shown.Month)}, {Shown.Day}, {Shown.Hour}, {Shown.Minute}, {Shown.Second}, {Nanoseconds}, {place})");
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = TimeLayout.Format(this, "2006-01-02 15:04:05.999999999 -0700 MST");
        if (MonotonicNanoseconds is not { } nanoseconds)
        {
            return text;
        }

        var (seconds, fraction) = Math.DivRem(nanoseconds, 1_000_000_000);
        return string.Create(CultureInfo.InvariantCulture, $"{text} m=+{seconds}.{fraction:000000000}");
    }
}
