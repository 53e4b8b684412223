using System.Globalization;

namespace Sync.Raft;

/// <summary>
/// Which life of a group a message or record belongs to. A group that is restored from a backup begins a new
/// one, so that members of the old life are not taken for its own.
/// </summary>
/// <param name="Value">1 for the first life; 0 is not an incarnation.</param>
public readonly record struct Incarnation(ulong Value)
{
    /// <summary>The life that a group begins with.</summary>
    public static Incarnation First => new(1);

    /// <summary>The incarnation in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
