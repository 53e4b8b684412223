namespace Sync.TestKit;

/// <summary>The time limit of an asynchronous test.</summary>
public static class Deadline
{
    /// <summary>A token that ends after 15 s, the kit's limit for a test that names no other.</summary>
    public static CancellationToken Default => In(TimeSpan.FromSeconds(15));

    /// <summary>A token that ends after <paramref name="limit"/>.</summary>
    // The source lives as long as its timer does; a test process needs no earlier disposal.
    public static CancellationToken In(TimeSpan limit) => new CancellationTokenSource(limit).Token;
}
