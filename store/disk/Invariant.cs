using System.Diagnostics.CodeAnalysis;
using Sync.Raft;

namespace Sync.Disk;

/// <summary>Assertions that stay on in release.</summary>
internal static class Invariant
{
    /// <summary>Stops the member unless <paramref name="condition"/> holds.</summary>
    /// <exception cref="InvariantException">The condition does not hold.</exception>
    internal static void Require([DoesNotReturnIf(false)] bool condition, string expectation)
    {
        if (!condition)
        {
            throw new InvariantException(expectation);
        }
    }

    /// <summary>Stops the member, for expectations whose sentence is dear to write on a hot path.</summary>
    /// <returns>What to throw.</returns>
    internal static InvariantException Broken(string expectation) => new(expectation);
}
