using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Sync.Raft;

/// <summary>
/// Assertions that stay on in release: a member that finds its own state impossible must not vote or write.
/// </summary>
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

    /// <summary>
    /// Stops the member unless <paramref name="condition"/> holds; the sentence is put together only then.
    /// </summary>
    /// <param name="condition">What must be true.</param>
    /// <param name="expectation">The same as a sentence, with the facts.</param>
    /// <exception cref="InvariantException">The condition does not hold.</exception>
    public static void Require(
        [DoesNotReturnIf(false)] bool condition,
        [InterpolatedStringHandlerArgument(nameof(condition))] ref Expectation expectation)
    {
        if (!condition)
        {
            throw new InvariantException(expectation.ToString());
        }
    }

    /// <summary>A sentence that costs nothing while the condition holds.</summary>
    [InterpolatedStringHandler]
    public ref struct Expectation
    {
        private DefaultInterpolatedStringHandler _text;

        /// <summary>Called by the compiler.</summary>
        public Expectation(int literalLength, int formattedCount, bool condition, out bool isNeeded)
        {
            isNeeded = !condition;
            _text = isNeeded ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
        }

        /// <summary>Called by the compiler.</summary>
        public void AppendLiteral(string value) => _text.AppendLiteral(value);

        /// <summary>Called by the compiler.</summary>
        public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

        /// <summary>The sentence.</summary>
        public override string ToString() => _text.ToStringAndClear();
    }
}
