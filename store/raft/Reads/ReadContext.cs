using System.Globalization;

namespace Sync.Raft.Reads;

/// <summary>
/// Names a read, or a batch of reads, from the question to the answer. It must not be used twice by one
/// member, not even across a restart (an answer to a question from before the restart may still arrive):
/// begin at a random number.
/// </summary>
/// <param name="Value">Any number.</param>
public readonly record struct ReadContext(ulong Value)
{
    /// <summary>The number in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
