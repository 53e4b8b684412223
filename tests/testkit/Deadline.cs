namespace Sync.TestKit;

/// <summary>The time limit of an asynchronous test.</summary>
public static class Deadline
{
    /// <summary>
    /// A token that ends after 60 s, the kit's limit for a test that names no other: what takes a second on an idle
    /// machine takes many of them where a dozen test processes start their servers at once.
    /// </summary>
    public static CancellationToken Default => In(TimeSpan.FromSeconds(60));

    /// <summary>A token that ends after <paramref name="limit"/>.</summary>
    // The source lives as long as its timer does; a test process needs no earlier disposal.
    public static CancellationToken In(TimeSpan limit) => new CancellationTokenSource(limit).Token;
}
