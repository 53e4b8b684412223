namespace Sync.Confd.Sources;

/// <summary>What a followed source says.</summary>
internal abstract record SourceUpdate
{
    private SourceUpdate()
    {
    }

    /// <summary>The keys are different from what they were, or are told for the first time.</summary>
    /// <param name="State">All of them as they are now.</param>
    /// <param name="ChangedKeys">The names that changed since the update before; null when any may have.</param>
    /// <param name="Remark">Why the keys were read anew; null when there was nothing to remark.</param>
    public sealed record Keys(KeyState State, IReadOnlyList<string>? ChangedKeys, string? Remark) : SourceUpdate;

    /// <summary>The source is followed from now on.</summary>
    /// <param name="Address">What serves it.</param>
    public sealed record Connected(string Address) : SourceUpdate;

    /// <summary>The source is away; the stream tries again by itself.</summary>
    /// <param name="Reason">One sentence.</param>
    /// <param name="Failures">How many attempts failed in a row.</param>
    /// <param name="RetryIn">The pause before the next one.</param>
    public sealed record Lost(string Reason, int Failures, TimeSpan RetryIn) : SourceUpdate;
}
