using System.Globalization;

namespace Sync.Raft;

/// <summary>
/// A period of at most one leader; terms only grow and every message carries one.
/// Source: Raft paper, section 5.1.
/// </summary>
/// <param name="Value">0 before the first election.</param>
public readonly record struct Term(ulong Value) : IComparable<Term>
{
    /// <summary>The term before the first election, and of the position before the first entry.</summary>
    public static Term None => default;

    /// <summary>The term that an election started now would be held in.</summary>
    public Term Next => new(checked(Value + 1));

    /// <summary>Whether <paramref name="left"/> is older than <paramref name="right"/>.</summary>
    public static bool operator <(Term left, Term right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> is newer than <paramref name="right"/>.</summary>
    public static bool operator >(Term left, Term right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> is not newer than <paramref name="right"/>.</summary>
    public static bool operator <=(Term left, Term right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> is not older than <paramref name="right"/>.</summary>
    public static bool operator >=(Term left, Term right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(Term other) => Value.CompareTo(other.Value);

    /// <summary>The term in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
