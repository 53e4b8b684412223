namespace Sync.Mvcc;

/// <summary>The keyspace found its own state impossible. Nobody below the program catches this.</summary>
public sealed class InvariantException : Exception
{
    /// <summary>Reports a broken expectation.</summary>
    /// <param name="expectation">What was expected, as a sentence.</param>
    public InvariantException(string expectation)
        : base("Broken invariant: " + expectation)
    {
    }
}
