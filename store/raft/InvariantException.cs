namespace Sync.Raft;

/// <summary>
/// The consensus core found its own state impossible. Nobody handles this: the process stops.
/// </summary>
public sealed class InvariantException : Exception
{
    /// <summary>A broken invariant.</summary>
    /// <param name="expectation">What should have been true, as a sentence.</param>
    public InvariantException(string expectation)
        : base($"Invariant broken: {expectation}") => Expectation = expectation;

    /// <summary>What should have been true.</summary>
    public string Expectation { get; }
}
