using System.Globalization;

namespace Sync.Raft;

/// <summary>
/// A position in the replicated log. The first entry stands at 1; 0 is the position before it.
/// Source: Raft paper, section 5.3.
/// </summary>
/// <param name="Value">The position, 0 for "before the first entry".</param>
public readonly record struct LogIndex(ulong Value) : IComparable<LogIndex>
{
    /// <summary>The position before the first entry.</summary>
    public static LogIndex None => default;

    /// <summary>The position after this one.</summary>
    public LogIndex Next => new(checked(Value + 1));

    /// <summary>The position before this one; there is none before <see cref="None"/>.</summary>
    public LogIndex Previous => new(checked(Value - 1));

    /// <summary>The position <paramref name="count"/> entries later.</summary>
    public static LogIndex operator +(LogIndex index, int count) => new(checked(index.Value + (ulong)count));

    /// <summary>
    /// How many entries lie in <c>[start, end)</c>; <paramref name="end"/> is not before the start.
    /// </summary>
    public static int operator -(LogIndex end, LogIndex start) => checked((int)(end.Value - start.Value));

    /// <summary>Whether <paramref name="left"/> stands before <paramref name="right"/>.</summary>
    public static bool operator <(LogIndex left, LogIndex right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> stands after <paramref name="right"/>.</summary>
    public static bool operator >(LogIndex left, LogIndex right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> stands at or before <paramref name="right"/>.</summary>
    public static bool operator <=(LogIndex left, LogIndex right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> stands at or after <paramref name="right"/>.</summary>
    public static bool operator >=(LogIndex left, LogIndex right) => left.Value >= right.Value;

    /// <summary>The earlier of two positions.</summary>
    public static LogIndex Min(LogIndex left, LogIndex right) => left < right ? left : right;

    /// <summary>The later of two positions.</summary>
    public static LogIndex Max(LogIndex left, LogIndex right) => left > right ? left : right;

    /// <inheritdoc/>
    public int CompareTo(LogIndex other) => Value.CompareTo(other.Value);

    /// <summary>The position in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
