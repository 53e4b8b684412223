using System.Globalization;
using Sync.Templates.Formatting;

namespace Sync.Templates.Values;

/// <summary>An instant with the offset it is shown in.</summary>
/// <param name="Seconds">Whole seconds since the year 1, UTC.</param>
/// <param name="Nanoseconds">The fraction, 0 to 999,999,999.</param>
/// <param name="OffsetSeconds">The offset from UTC in seconds, positive to the east.</param>
/// <param name="MonotonicNanoseconds">Nanoseconds since the program started, for a time that came from its clock.</param>
internal sealed record TimeValue(
    long Seconds, int Nanoseconds, int OffsetSeconds = 0, long? MonotonicNanoseconds = null)
{
    /// <summary>Seconds from the year 1 to the Unix epoch.</summary>
    public const long UnixEpochSeconds = 62_135_596_800;

    /// <summary>The first instant of the year 1.</summary>
    public static TimeValue Zero { get; } = new(0, 0);

    /// <summary>The time of a clock.</summary>
    public static TimeValue Now(TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        return new TimeValue(now.Ticks / TimeSpan.TicksPerSecond, (int)(now.Ticks % TimeSpan.TicksPerSecond) * 100,
            (int)clock.LocalTimeZone.GetUtcOffset(now).TotalSeconds);
    }

    /// <summary>Reads a time as RFC 3339 writes it.</summary>
    public static TimeValue Parse(string text)
    {
        var instant = DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var fraction = point < 0 ? "" : new string([.. text.Skip(point + 1).TakeWhile(char.IsAsciiDigit)]);
        return new TimeValue((instant.UtcTicks / TimeSpan.TicksPerSecond),
            int.Parse(fraction.PadRight(9, '0')[..9], CultureInfo.InvariantCulture), (int)instant.Offset.TotalSeconds);
    }

    /// <summary>What printing the struct shows: the fraction, the seconds, and no location.</summary>
    public Value[] Fields =>
    [
        Value.OfBits(GoType.Uint64, Nanoseconds),
        Value.OfBits(GoType.Int64, Seconds),
        Value.OfReference(GoType.PointerTo(GoType.StructOf([])), null),
    ];

    /// <summary>Date and time as shown, offset included.</summary>
    public DateTime Shown => new DateTime(1, 1, 1, 0, 0, 0, DateTimeKind.Unspecified).AddTicks((Seconds + OffsetSeconds) * TimeSpan.TicksPerSecond);

    /// <summary>The text of the time in Go's source syntax.</summary>
    public string ToGoSyntax() => string.Create(CultureInfo.InvariantCulture,
        $"time.Date({Shown.Year}, time.{TimeNames.Month(Shown.Month)}, {Shown.Day}, {Shown.Hour}, {Shown.Minute}, {Shown.Second}, {Nanoseconds}, {(OffsetSeconds == 0 ? "time.UTC" : "time.Local")})");

    /// <inheritdoc/>
    public override string ToString()
    {
        var fraction = Nanoseconds == 0 ? "" : "." + Nanoseconds.ToString("000000000", CultureInfo.InvariantCulture).TrimEnd('0');
        var offset = Math.Abs(OffsetSeconds) / 60;
        var zone = OffsetSeconds == 0 ? "+0000 UTC" : string.Create(CultureInfo.InvariantCulture,
            $"{(OffsetSeconds < 0 ? '-' : '+')}{offset / 60:00}{offset % 60:00} {(OffsetSeconds < 0 ? '-' : '+')}{offset / 60:00}{offset % 60:00}");
        return string.Create(CultureInfo.InvariantCulture, $"{Shown:yyyy-MM-dd HH:mm:ss}{fraction} {zone}");
    }
}
