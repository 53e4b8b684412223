using System.Diagnostics.CodeAnalysis;

namespace Sync.Raft;

/// <summary>Assertions that stay on in release: a member that finds its own state impossible must not vote or write.</summary>
internal static class Invariant
{
    /// <summary>Stops the member unless <paramref name="condition"/> holds.</summary>
    /// <param name="condition">What must be true.</param>
    /// <param name="expectation">The same as a sentence.</param>
    /// <exception cref="InvariantException">The condition does not hold.</exception>
    public static void Require([DoesNotReturnIf(false)] bool condition, string expectation)
    {
        if (!condition)
        {
            throw new InvariantException(expectation);
        }
    }
}
