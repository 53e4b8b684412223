using System.Globalization;

namespace Sync.Raft;

/// <summary>The identity of one member of a group; never used again once the member is removed.</summary>
/// <param name="Value">Any number but 0, which stands for "no member".</param>
public readonly record struct MemberId(ulong Value) : IComparable<MemberId>
{
    /// <summary>No member: no vote given, no leader known.</summary>
    public static MemberId None => default;

    /// <summary>
    /// Whether <paramref name="left"/> comes before <paramref name="right"/> in the order of voters.
    /// </summary>
    public static bool operator <(MemberId left, MemberId right) => left.Value < right.Value;

    /// <summary>
    /// Whether <paramref name="left"/> comes after <paramref name="right"/> in the order of voters.
    /// </summary>
    public static bool operator >(MemberId left, MemberId right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> does not come after <paramref name="right"/>.</summary>
    public static bool operator <=(MemberId left, MemberId right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> does not come before <paramref name="right"/>.</summary>
    public static bool operator >=(MemberId left, MemberId right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(MemberId other) => Value.CompareTo(other.Value);

    /// <summary>The identity in hexadecimal, as etcd prints it.</summary>
    public override string ToString() => Value.ToString("x", CultureInfo.InvariantCulture);
}
