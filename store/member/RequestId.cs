using System.Globalization;

namespace Sync.Member;

/// <summary>Names one request of the member's owner, from the question to the answer.</summary>
/// <param name="Value">Chosen by the owner; never used twice while the member runs.</param>
public readonly record struct RequestId(ulong Value)
{
    /// <summary>A request that nobody waits for.</summary>
    public static RequestId None => default;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
