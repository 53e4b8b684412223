namespace Sync.Simulation.Scheduling;

/// <summary>Virtual durations in microseconds, the unit of <see cref="EventQueue"/>.</summary>
internal static class Durations
{
    internal const long Millisecond = 1_000;
    internal const long Second = 1_000_000;

    /// <summary>A duration in <c>[least, most)</c>, short ones as likely by magnitude as long ones.</summary>
    internal static long Spread(this Random random, long least, long most) =>
        (long)(least * Math.Pow((double)most / least, random.NextDouble()));

    /// <summary>Whether something of a probability happens.</summary>
    internal static bool Chance(this Random random, double probability) =>
        probability > 0 && random.NextDouble() < probability;

    /// <summary>One of several choices.</summary>
    internal static T Pick<T>(this Random random, params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];
}
