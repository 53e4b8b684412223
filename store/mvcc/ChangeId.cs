namespace Sync.Mvcc;

/// <summary>Names one change of one key, written <c>main.sub</c>.</summary>
/// <param name="Main">The revision of the request that made the change.</param>
/// <param name="Sub">The change's place inside its revision, from 0, in order of execution.</param>
public readonly record struct ChangeId(Revision Main, int Sub) : IComparable<ChangeId>
{
    /// <inheritdoc/>
    public int CompareTo(ChangeId other) =>
        Main != other.Main ? Main.CompareTo(other.Main) : Sub.CompareTo(other.Sub);

    /// <summary>Whether the left change came first.</summary>
    public static bool operator <(ChangeId left, ChangeId right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left change came later.</summary>
    public static bool operator >(ChangeId left, ChangeId right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left change did not come later.</summary>
    public static bool operator <=(ChangeId left, ChangeId right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left change did not come first.</summary>
    public static bool operator >=(ChangeId left, ChangeId right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public override string ToString() => $"{Main}.{Sub}";
}
