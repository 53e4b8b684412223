using System.Globalization;

namespace Sync.Member;

/// <summary>Names one request of the member's owner, from the question to the answer.</summary>
/// <param name="Value">
/// Chosen by the owner, upwards and below 2^63; never used twice while the member runs. The member's own requests are
/// counted from there on.
/// </param>
public readonly record struct RequestId(ulong Value)
{
    /// <summary>A request that nobody waits for.</summary>
    public static RequestId None => default;

    /// <summary>Before the first of the member's own requests.</summary>
    internal static RequestId BeforeOwn => new(1UL << 63);

    /// <summary>Whether the member itself asks, not one of its clients.</summary>
    internal bool IsOwn => Value > BeforeOwn.Value;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
