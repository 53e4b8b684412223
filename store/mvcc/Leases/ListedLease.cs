namespace Sync.Mvcc.Leases;

/// <summary>A lease and when it ends. Those that end first come first.</summary>
/// <param name="DeadlineMilliseconds">By the clock of the member that leads; 0 at any other.</param>
/// <param name="Lease">The lease.</param>
public readonly record struct ListedLease(long DeadlineMilliseconds, LeaseId Lease) : IComparable<ListedLease>
{
    /// <inheritdoc/>
    public int CompareTo(ListedLease other) =>
        (DeadlineMilliseconds, Lease).CompareTo((other.DeadlineMilliseconds, other.Lease));

    /// <summary>Whether the left one comes first.</summary>
    public static bool operator <(ListedLease left, ListedLease right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left one comes last.</summary>
    public static bool operator >(ListedLease left, ListedLease right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left one does not come last.</summary>
    public static bool operator <=(ListedLease left, ListedLease right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left one does not come first.</summary>
    public static bool operator >=(ListedLease left, ListedLease right) => left.CompareTo(right) >= 0;
}
