using System.Globalization;

namespace Sync.Raft;

/// <summary>The identity of one Raft group among those that share a process, a log and a peer link.</summary>
/// <param name="Value">1 for the first group; 0 is not a group.</param>
public readonly record struct GroupId(ulong Value)
{
    /// <summary>The first group of a process.</summary>
    public static GroupId First => new(1);

    /// <summary>The identity in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
