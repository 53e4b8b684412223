namespace Sync.Mvcc;

/// <summary>
/// A position in the store's history, shared by all members. A fresh store is at 1; each request that
/// changes something moves it forward; a request that changes nothing leaves it.
/// </summary>
/// <param name="Value">The number on the wire. Zero means "none" or, in a request, "current".</param>
public readonly record struct Revision(long Value) : IComparable<Revision>
{
    /// <summary>No revision; in a request, the current one.</summary>
    public static readonly Revision None;

    /// <summary>The revision of a store that was never written.</summary>
    public static readonly Revision Fresh = new(1);

    /// <summary>Past every revision.</summary>
    public static readonly Revision Last = new(long.MaxValue);

    /// <summary>The revision after this one.</summary>
    public Revision Next => new(Value + 1);

    /// <summary>The revision before this one.</summary>
    public Revision Before => new(Value - 1);

    /// <summary>Whether the number names a revision: it is above zero.</summary>
    public bool IsSome => Value > 0;

    /// <inheritdoc/>
    public int CompareTo(Revision other) => Value.CompareTo(other.Value);

    /// <summary>The smaller of two revisions.</summary>
    public static Revision Min(Revision left, Revision right) => left < right ? left : right;

    /// <summary>The larger of two revisions.</summary>
    public static Revision Max(Revision left, Revision right) => left > right ? left : right;

    /// <summary>Whether the left revision is older.</summary>
    public static bool operator <(Revision left, Revision right) => left.Value < right.Value;

    /// <summary>Whether the left revision is newer.</summary>
    public static bool operator >(Revision left, Revision right) => left.Value > right.Value;

    /// <summary>Whether the left revision is not newer.</summary>
    public static bool operator <=(Revision left, Revision right) => left.Value <= right.Value;

    /// <summary>Whether the left revision is not older.</summary>
    public static bool operator >=(Revision left, Revision right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public override string ToString() =>
        Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
