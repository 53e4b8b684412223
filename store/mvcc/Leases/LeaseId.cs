namespace Sync.Mvcc.Leases;

/// <summary>Names a lease. Any number but zero, also a negative one.</summary>
/// <param name="Value">The number on the wire; zero means no lease.</param>
public readonly record struct LeaseId(long Value) : IComparable<LeaseId>
{
    /// <summary>No lease.</summary>
    public static readonly LeaseId None;

    /// <summary>Whether a lease is named.</summary>
    public bool IsSome => Value != 0;

    /// <inheritdoc/>
    public int CompareTo(LeaseId other) => Value.CompareTo(other.Value);

    /// <summary>Whether the left number is smaller.</summary>
    public static bool operator <(LeaseId left, LeaseId right) => left.Value < right.Value;

    /// <summary>Whether the left number is larger.</summary>
    public static bool operator >(LeaseId left, LeaseId right) => left.Value > right.Value;

    /// <summary>Whether the left number is not larger.</summary>
    public static bool operator <=(LeaseId left, LeaseId right) => left.Value <= right.Value;

    /// <summary>Whether the left number is not smaller.</summary>
    public static bool operator >=(LeaseId left, LeaseId right) => left.Value >= right.Value;

    /// <summary>The number in hexadecimal, as clients print it.</summary>
    public override string ToString() =>
        Value.ToString("x", System.Globalization.CultureInfo.InvariantCulture);
}
