namespace Sync.Member;

/// <summary>The member found its own state impossible. It must not vote, write or answer any more.</summary>
/// <param name="statement">What should have held.</param>
public sealed class InvariantException(string statement) : Exception($"Invariant broken: {statement}.");
