namespace Sync.Metad.Model.Documents;

/// <summary>One write of a transaction.</summary>
/// <param name="Target">What is written.</param>
/// <param name="Verb">How.</param>
/// <param name="Place">The path, or for rules that go the host; empty for rules that are put.</param>
/// <param name="Body">The JSON as it stands in the body; empty for a delete.</param>
public sealed record TransactionStep(
    TransactionTarget Target, TransactionVerb Verb, string Place, ReadOnlyMemory<byte> Body);

/// <summary>What a step writes.</summary>
public enum TransactionTarget
{
    /// <summary>The data.</summary>
    Data,

    /// <summary>The mappings.</summary>
    Mapping,

    /// <summary>The rules.</summary>
    Rule,
}

/// <summary>How a step writes.</summary>
public enum TransactionVerb
{
    /// <summary>Merges, or sets a host's rules.</summary>
    Put,

    /// <summary>Replaces.</summary>
    Post,

    /// <summary>Removes.</summary>
    Delete,
}
