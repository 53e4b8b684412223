using System.Diagnostics.CodeAnalysis;

namespace Sync.Mvcc;

/// <summary>States what must hold; a broken one is a bug and stops the process.</summary>
internal static class Invariant
{
    /// <summary>Requires <paramref name="condition"/>.</summary>
    /// <param name="condition">What must hold.</param>
    /// <param name="expectation">The expectation as a sentence.</param>
    /// <exception cref="InvariantException">The condition does not hold.</exception>
    public static void Require([DoesNotReturnIf(false)] bool condition, string expectation)
    {
        if (!condition)
        {
            throw new InvariantException(expectation);
        }
    }

    /// <summary>The exception for a place that the code cannot reach.</summary>
    /// <param name="unexpected">The value that no case covers.</param>
    public static InvariantException Unreachable(object? unexpected) =>
        new($"every case is covered, but {unexpected?.GetType().Name ?? "null"} is not");
}
