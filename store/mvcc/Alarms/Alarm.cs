namespace Sync.Mvcc.Alarms;

/// <summary>A raised alarm. Alarms are replicated and bind all members.</summary>
/// <param name="Member">The member that it is about; any number, also one of no member.</param>
/// <param name="Type">What is wrong.</param>
public readonly record struct Alarm(ulong Member, AlarmType Type) : IComparable<Alarm>
{
    /// <inheritdoc/>
    public int CompareTo(Alarm other) =>
        Member != other.Member ? Member.CompareTo(other.Member) : Type.CompareTo(other.Type);

    /// <summary>Whether the left alarm comes first by member, then type.</summary>
    public static bool operator <(Alarm left, Alarm right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left alarm comes last by member, then type.</summary>
    public static bool operator >(Alarm left, Alarm right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left alarm does not come last.</summary>
    public static bool operator <=(Alarm left, Alarm right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left alarm does not come first.</summary>
    public static bool operator >=(Alarm left, Alarm right) => left.CompareTo(right) >= 0;
}
